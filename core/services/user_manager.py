"""The people: add, list, lock out, let in. Administrators only; everybody may change the own password."""

from __future__ import annotations

from core.errors import Fault, InvalidInput
from core.services.access import Access
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.records import Actor, Role, UserView
from core.store.users import UserStore


class UserManager:
    """Every change is on record; passwords never are."""

    def __init__(self, db: Database) -> None:
        self._users = UserStore(db)
        self._access = Access(self._users, AuditLog(db))

    def add(self, name: str, password: str | None = None, *, actor: Actor, role: Role = Role.OPERATOR) -> UserView:
        """A new user; without a password it cannot sign in, only others can hand in articles for it.
        Raises Conflict for a taken name, InvalidInput for a bad name or password, NotAllowed."""
        self._access.require_admin(actor, "user.add", "user", name, doing="add users")
        user = self._users.add(name, password, role)
        self._access.record(actor, "user.add", "user", user.name, role=role)
        return user

    def by_name(self, name: str, *, actor: Actor) -> UserView:
        """A user by name. Raises NotFound, also for another one unless the actor is an administrator."""
        user = self._users.by_name(name)
        self._access.require_own(actor, user.id, "user.read", "user", name)
        return user

    def list(self, *, actor: Actor) -> list[UserView]:
        """All users. Raises NotAllowed."""
        self._access.require_admin(actor, "user.list", "user", None, doing="list users")
        return self._users.list()

    def set_password(self, user_id: int, password: str | None, *, actor: Actor) -> None:
        """Browsers that are signed in with the old one are signed out; tokens of programs stay, see
        `TokenManager.revoke_all`. Raises NotFound, InvalidInput for a bad password."""
        user = self._users.get(user_id)
        self._access.require_own(actor, user.id, "user.set_password", "user", user_id)
        self._users.set_password(user_id, password)
        self._access.record(actor, "user.set_password", "user", user.name)

    def set_disabled(self, user_id: int, *, is_disabled: bool, actor: Actor) -> None:
        """Lock a user out, or let it in again. Its waiting articles stay in line: pause it to hold them back.
        Raises NotAllowed, NotFound, InvalidInput for the last administrator, as `set_role`."""
        self._access.require_admin(actor, "user.set_disabled", "user", user_id, doing="disable or enable users")
        user = self._users.get(user_id)
        if is_disabled:
            self._refuse_last_admin("is_disabled", user)
        self._users.set_disabled(user_id, is_disabled)
        self._access.record(actor, "user.set_disabled", "user", user.name, is_disabled=is_disabled)

    def set_role(self, user_id: int, role: Role, *, actor: Actor) -> None:
        """Raises NotAllowed, NotFound, InvalidInput for the last administrator, who would lock everybody out."""
        self._access.require_admin(actor, "user.set_role", "user", user_id, doing="change roles")
        user = self._users.get(user_id)
        if role is not Role.ADMIN:
            self._refuse_last_admin("role", user)
        self._users.set_role(user_id, role)
        self._access.record(actor, "user.set_role", "user", user.name, role=role)

    def _refuse_last_admin(self, field: str, user: UserView) -> None:
        admins = [one.id for one in self._users.list() if one.role is Role.ADMIN and not one.is_disabled]
        if admins == [user.id]:
            reason = f"{user.name} is the last administrator."
            raise InvalidInput([Fault(field, reason, "Make somebody else an administrator first.")])
