"""Seals the cookies of platform accounts. The account's id is sealed in with them, so that a sealed text
copied to another account's row does not open there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import ServiceUnavailable
from core.settings import Settings

KEY_FILE = "secret.keys"
MARK_LETTERS = 64
"""So many letters at the beginning of a sealed text are its alone: they hold the 16 random bytes it was sealed with."""


class Vault:
    """Seals with the newest key, opens with any. Raises ServiceUnavailable when none fits."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: Fernet keys, newest first."""
        if not keys:
            raise ValueError("a vault needs at least one key")
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, account_id: int, secret: bytes) -> str:
        """Encrypt what belongs to this account."""
        return self._fernet.encrypt(_owner(account_id) + secret).decode("ascii")

    def open(self, account_id: int, sealed: str) -> bytes:
        """Decrypt it. Raises ServiceUnavailable for an unknown key, a damaged text, or another account's."""
        try:
            content = self._fernet.decrypt(sealed.encode("utf-8", "replace"))
        except InvalidToken as error:
            raise ServiceUnavailable(
                "vault",
                f"the stored sign-in of account {account_id} opens with none of the secret keys.",
                "Put the key it was sealed with back into TOPN_SECRET_KEYS (or secret.keys in TOPN_DATA_DIR), "
                "after the newest one, or add this account's cookies again.",
            ) from error
        owner = _owner(account_id)
        if not content.startswith(owner):
            raise ServiceUnavailable(
                "vault",
                f"the stored sign-in of account {account_id} was sealed for another account.",
                "Somebody has changed the database: add this account's cookies again and look into the audit log.",
            )
        return content[len(owner) :]

    def rotate(self, account_id: int, sealed: str) -> str:
        """Seal it again with the newest key. Raises ServiceUnavailable as `open` does."""
        return self.seal(account_id, self.open(account_id, sealed))


def _owner(account_id: int) -> bytes:
    return b"account:%d\n" % account_id


def load_or_make_keys(settings: Settings) -> tuple[str, ...]:
    """The keys of the settings, else those in `DATA_DIR`, made on the first start and readable for this user
    alone. Safe with several processes starting at once. Raises ServiceUnavailable."""
    if settings.secret_keys:
        return settings.secret_keys
    path = settings.data_dir / KEY_FILE
    try:
        if not path.exists():
            _make_key_file(path)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        keys = tuple(path.read_text("ascii").split())
        for key in keys:
            Fernet(key)
    except (OSError, ValueError) as error:
        raise ServiceUnavailable(
            "vault",
            f"{path} cannot be used as key file: {error}.",
            "It holds one Fernet key a line, newest first: restore it from a backup; without it the stored "
            "sign-ins are lost.",
        ) from error
    if not keys:
        raise ServiceUnavailable("vault", f"{path} holds no key.", "Restore it from a backup, or delete it.")
    return keys


def _make_key_file(path: Path) -> None:
    """Whole or not at all, and never over another process's: a hard link does not replace."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return  # another process was faster: its key is the key
    finally:
        draft.unlink()
