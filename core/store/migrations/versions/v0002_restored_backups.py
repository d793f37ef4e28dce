"""What is needed to notice a restored backup, and to look on the site before anything of it is published.

MySQL commits each step by itself: one that was done before a start was killed is found done and left alone.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from core.store.columns import ID, Identifier, UtcDateTime
from core.store.model_base import TABLE_OPTIONS

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    if not there.has_table("database_identity"):
        op.create_table(
            "database_identity",
            sa.Column("id", ID, primary_key=True, autoincrement=False),
            sa.Column("database_id", Identifier(32), nullable=False),
            sa.Column("is_remembered", sa.Boolean(), server_default=sa.text("0"), nullable=False),
            sa.Column("restored_at", UtcDateTime(), nullable=True),
            sa.CheckConstraint("id = 1", name="one_row"),
            **TABLE_OPTIONS,
        )
    if "verify_since" not in {column["name"] for column in there.get_columns("publish_tasks")}:
        op.add_column("publish_tasks", sa.Column("verify_since", UtcDateTime(), nullable=True))
    identity = sa.table("database_identity", sa.column("id"), sa.column("database_id"))
    if op.get_bind().scalar(sa.select(sa.func.count()).select_from(identity)) == 0:
        op.execute(sa.insert(identity).values(id=1, database_id=secrets.token_hex(16)))
