"""Passwords: argon2id with OWASP's parameters, and no more than two checks at once."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import Fault, InvalidInput

SHORTEST = 8
LONGEST = 256
"""Characters of a password. A longer one would only cost us time."""

_HASHER = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_TWO_AT_ONCE = BoundedSemaphore(2)
"""Each check takes 19 MB and a processor: a flood of sign-ins must not take them all."""

DUMMY_HASH = "$argon2id$v=19$m=19456,t=2,p=1$u8ny6vPpzp4mNcCi0RQQNg$PJaEm5FqER3sPy6Vm8qdKKnvVMgQyvSECqQuiossUBo"
"""Of a random password that nobody kept: what unknown users are checked against."""


def hash_password(password: str) -> str:
    """The hash to keep. Raises InvalidInput for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput([Fault("password", f"has {len(password)} characters.", f"Use {SHORTEST} to {LONGEST}.")])
    with _TWO_AT_ONCE:
        return _HASHER.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the stored hash. None (no such user, or no password) takes as long, so
    that the time does not tell which names exist."""
    with _TWO_AT_ONCE:
        try:
            _HASHER.verify(stored or DUMMY_HASH, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
