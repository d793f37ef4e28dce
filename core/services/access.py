"""Who may do what to whom, and the record of it. Every service asks here before it touches anything.

An operator sees and touches only what is its own: of all else it is told that there is no such thing, so that
nobody learns what others have. What only an administrator may do is refused by name. Both are written down, the same
refusal once an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from core.errors import Fault, InvalidInput, NotAllowed, NotFound
from core.services.denial_memory import DenialMemory
from core.store.audit import AuditLog
from core.store.records import Actor, UserView
from core.store.users import UserStore

LONGEST_TARGET = 255


class Access:
    """Checks and audit in one place: a denial that is not written down cannot be made."""

    def __init__(self, users: UserStore, audit: AuditLog) -> None:
        self._users = users
        self._audit = audit
        self._denials = DenialMemory()

    def record(self, actor: Actor, action: str, kind: str, target: object, **detail: Any) -> None:
        """Write down what was done."""
        self._audit.record(actor, action, kind, target, detail)

    def record_in(
        self, connection: Connection, actor: Actor, action: str, kind: str, target: object, **detail: Any
    ) -> None:
        """Write down what is done in this transaction: it is on record if and only if it happens."""
        self._audit.add(connection, actor, action, kind, target, detail)

    def noting(self, actor: Actor, action: str, target: object, **detail: Any) -> Callable[[Connection, object], None]:
        """For the `also` of a change to an article: writes it down in the transaction of the change."""

        def note(connection: Connection, done: object) -> None:
            self.record_in(connection, actor, action, "article", target, **detail)

        return note

    def require_admin(self, actor: Actor, action: str, kind: str, target: object, *, doing: str) -> None:
        """Raises NotAllowed unless the actor is an administrator. `doing`: the action in a sentence."""
        if not actor.is_admin:
            self._deny(actor, action, kind, target)
            raise NotAllowed(actor.name, doing)

    def require_own(self, actor: Actor, owner_id: int, action: str, kind: str, target: object) -> None:
        """Raises NotFound unless the thing is the actor's own, or the actor an administrator."""
        if not self.may_see(actor, owner_id):
            self._deny(actor, action, kind, target)
            raise NotFound(kind, target)

    def may_see(self, actor: Actor, owner_id: int) -> bool:
        """Whether this actor may see what belongs to this user."""
        return actor.is_admin or actor.user_id == owner_id

    def owner(
        self,
        actor: Actor,
        user_id: int | None,
        action: str,
        kind: str,
        *,
        doing: str,
        may_be_disabled: bool = False,
    ) -> UserView:
        """The user on whose behalf something is done: the named one, else the actor.

        Raises NotAllowed for somebody else unless the actor is an administrator, NotFound for nobody, and
        InvalidInput when none is named, or for a user who is disabled unless `may_be_disabled`: nothing new is
        handed in for such a user, but what is there can be looked after.
        """
        owner_id = actor.user_id if user_id is None else user_id
        if owner_id is None:
            raise InvalidInput([Fault("user", "is missing.", "Name the user this is for.")])
        if not self.may_see(actor, owner_id):
            self._deny(actor, action, kind, f"user {owner_id}")
            raise NotAllowed(actor.name, f"{doing} for another user")
        user = self._users.get(owner_id)
        if user.is_disabled and not may_be_disabled:
            self._deny(actor, action, kind, f"user {owner_id}")
            raise InvalidInput(
                [Fault("user", f"{user.name} is disabled.", "An administrator can enable that user again.")]
            )
        return user

    def _deny(self, actor: Actor, action: str, kind: str, target: object) -> None:
        denial = (actor.name, actor.user_id, action, kind, str(target)[:LONGEST_TARGET])
        if not self._denials.knows(denial):
            self.record(actor, action, kind, target, denied=True)
            self._denials.remember(denial)
