"""An index of what ended when: for the figures and charts of the dashboard.

MySQL commits each step by itself: one that was done before a start was killed is found done and left alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME = "ix_publish_tasks_status_finished_at_user_id"


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    if NAME not in {index["name"] for index in there.get_indexes("publish_tasks")}:
        op.create_index(NAME, "publish_tasks", ["status", "finished_at", "user_id"])
