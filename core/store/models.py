"""Every table, and the metadata that Alembic compares with the database."""

from __future__ import annotations

from core.store.identity_models import DatabaseIdentity
from core.store.model_base import Base
from core.store.people_models import Account, ApiToken, AuditEntry, User, UserSession
from core.store.rule_models import AccountLimit, LeaderLock, PauseRow, UserLimit
from core.store.task_models import Article, Batch, Picture, PublishTask, TaskEventRow

metadata = Base.metadata

__all__ = [
    "Account",
    "AccountLimit",
    "ApiToken",
    "Article",
    "AuditEntry",
    "Base",
    "Batch",
    "DatabaseIdentity",
    "LeaderLock",
    "PauseRow",
    "Picture",
    "PublishTask",
    "TaskEventRow",
    "User",
    "UserLimit",
    "UserSession",
    "metadata",
]
