"""Settings: defaults, bounds, and one report of all faults."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import make_url

from core.errors import SettingsError
from core.settings import ROOT, Settings, environment_name, load_settings

KEY = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(environment_name(field), raising=False)


def test_nothing_has_to_be_set() -> None:
    settings = load_settings()
    assert settings.data_dir == ROOT / "var"
    assert settings.database_address == f"sqlite:///{ROOT / 'var' / 'topn.sqlite3'}"


@pytest.mark.parametrize("name", ["a?b", "a%41b", "数据 folder"])
def test_the_database_lies_in_the_folder_whatever_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv("TOPN_DATA_DIR", str(tmp_path / name))
    assert make_url(load_settings().database_address).database == str(tmp_path / name / "topn.sqlite3")


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = Fernet.generate_key().decode()
    monkeypatch.setenv("TOPN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TOPN_WORKERS", "2")
    monkeypatch.setenv("TOPN_SECRET_KEYS", f"{KEY}, {other}")
    settings = load_settings()
    assert (settings.data_dir, settings.workers, settings.secret_keys) == (tmp_path, 2, (KEY, other))


def test_a_relative_folder_does_not_depend_on_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOPN_DATA_DIR", "elsewhere")
    assert load_settings().data_dir == ROOT / "elsewhere"


def test_all_faults_are_named_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOPN_WORKERS", "many")
    monkeypatch.setenv("TOPN_DRIVERS", "0")
    monkeypatch.setenv("TOPN_REDIS_URL", "http://localhost")
    monkeypatch.setenv("TOPN_LOG_LEVEL", "loud")
    monkeypatch.setenv("TOPN_MARK_DRIVER", "internal names are not faults")
    monkeypatch.setenv("TOPN_DRIVER_IDLE", "5")
    monkeypatch.setenv("TOPN_TIMEZONE", "Atlantis")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    named = {fault.field for fault in caught.value.faults}
    wrong = ("WORKERS", "DRIVERS", "REDIS_URL", "LOG_LEVEL", "DRIVER_IDLE", "TIMEZONE")
    assert named == {f"TOPN_{name}" for name in wrong}
    text = str(caught.value)
    assert "greater than or equal to 1" in text
    assert "redis://" in text
    assert "Did you mean TOPN_DRIVER_IDLE_SECONDS?" in text


def test_a_shared_database_demands_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOPN_DATABASE_URL", "mysql+pymysql://root@db/topn")
    with pytest.raises(SettingsError, match="TOPN_SECRET_KEYS"):
        load_settings()
    monkeypatch.setenv("TOPN_SECRET_KEYS", KEY)
    assert load_settings().database_address == "mysql+pymysql://root@db/topn"


def test_a_broken_key_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOPN_SECRET_KEYS", "swordfish")
    with pytest.raises(SettingsError, match="32 url-safe") as caught:
        load_settings()
    assert "swordfish" not in str(caught.value)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().workers = 9


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_says_what_it_is_for(field: str) -> None:
    assert Settings.model_fields[field].description
