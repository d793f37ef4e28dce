"""An index of how the articles of a batch stand: the dashboard counts them again and again.

MySQL commits each step by itself: one that was done before a start was killed is found done and left alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = "ix_publish_tasks_batch_id_status"


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    if NAME not in {index["name"] for index in there.get_indexes("publish_tasks")}:
        op.create_index(NAME, "publish_tasks", ["batch_id", "status"])
