"""Sealing cookies, and the keys for it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core.errors import InvalidInput, ServiceUnavailable
from core.settings import Settings
from core.store.passwords import DUMMY_HASH, hash_password, is_right, needs_rehash
from core.store.vault import KEY_FILE, Vault, load_or_make_keys

KEY = Fernet.generate_key().decode()


def test_seal_and_open() -> None:
    vault = Vault([KEY])
    sealed = vault.seal(7, b"secret \x00 bytes")
    assert vault.open(7, sealed) == b"secret \x00 bytes"
    assert "secret" not in sealed
    assert vault.seal(7, b"x") != vault.seal(7, b"x")


@pytest.mark.parametrize("account_id", [1, 70, 77])
def test_what_belongs_to_another_account_stays_shut(account_id: int) -> None:
    with pytest.raises(ServiceUnavailable, match="another account"):
        Vault([KEY]).open(account_id, Vault([KEY]).seal(7, b"0\nx"))


@pytest.mark.parametrize("sealed", ["", "rubbish", "\ud83d", "A" * 200])
def test_what_is_damaged_is_named(sealed: str) -> None:
    with pytest.raises(ServiceUnavailable, match="account 7 opens with none"):
        Vault([KEY]).open(7, sealed)


def test_rotation() -> None:
    new = Fernet.generate_key().decode()
    sealed = Vault([KEY]).seal(7, b"x")
    rotated = Vault([new, KEY]).rotate(7, sealed)
    assert Vault([new]).open(7, rotated) == b"x"
    with pytest.raises(ServiceUnavailable, match="after the newest one"):
        Vault([new]).open(7, sealed)


def test_a_vault_needs_a_key() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        Vault([])


def settings(folder: Path, **more: object) -> Settings:
    return Settings(data_dir=folder, **more)  # type: ignore[arg-type]  # pydantic checks them itself


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    keys = load_or_make_keys(settings(folder))
    assert load_or_make_keys(settings(folder)) == keys
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_keys_of_the_settings_come_first(tmp_path: Path) -> None:
    assert load_or_make_keys(settings(tmp_path, secret_keys=(KEY,))) == (KEY,)
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_that_others_can_read_is_closed(tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    path.write_text(KEY + "\n")
    path.chmod(0o644)
    assert load_or_make_keys(settings(tmp_path)) == (KEY,)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "no key", KEY + "\nshort"], ids=["empty", "no key", "one of two"])
def test_a_damaged_key_file_is_not_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / KEY_FILE
    path.write_text(content)
    with pytest.raises(ServiceUnavailable, match=KEY_FILE):
        load_or_make_keys(settings(tmp_path))
    assert path.read_text() == content


def test_many_starts_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    found: list[tuple[str, ...]] = []

    def run() -> None:
        together.wait(10)
        found.append(load_or_make_keys(settings(tmp_path)))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_passwords() -> None:
    stored = hash_password("correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_right("correct horse", stored)
    assert not is_right("wrong", stored)
    assert not is_right("correct horse", None)
    assert not is_right("correct horse", "no hash")
    assert not needs_rehash(stored)


def test_an_unknown_user_costs_the_same_work() -> None:
    assert not needs_rehash(DUMMY_HASH)


@pytest.mark.parametrize("password", ["", "seven77", "x" * 257])
def test_passwords_that_are_none(password: str) -> None:
    with pytest.raises(InvalidInput, match="password"):
        hash_password(password)
