"""Reads the audit log for administrators."""

from __future__ import annotations

from core.services.access import Access
from core.store.audit import AuditFilter, AuditLog, AuditView
from core.store.database import Database
from core.store.records import Actor
from core.store.users import UserStore


class AuditViewer:
    """Looking is no deed: it leaves no line of its own, but a refusal does."""

    def __init__(self, db: Database) -> None:
        self._log = AuditLog(db)
        self._access = Access(UserStore(db), self._log)

    def entries(self, wanted: AuditFilter, *, actor: Actor, limit: int = 100) -> list[AuditView]:
        """The newest first. Raises NotAllowed."""
        self._access.require_admin(actor, "audit.read", "audit", None, doing="read the audit log")
        return self._log.entries(wanted, limit=limit)
