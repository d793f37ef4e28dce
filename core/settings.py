"""All settings, read once from environment variables that start with `TOPN_`.

Every field says what it is for; the README's table is checked against this file.
"""

from __future__ import annotations

import difflib
import os
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import Fault, SettingsError

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "TOPN_"
DATABASE_SCHEMES = ("sqlite", "mysql+pymysql", "mariadb+pymysql")
REDIS_SCHEMES = ("redis", "rediss", "unix")
INTERNAL_NAMES = frozenset({"TOPN_MARK_WORKER", "TOPN_MARK_DRIVER", "TOPN_FAILPOINT"})
"""Variables that TOP_N sets for its own processes, and the one that tests use to make it fail."""


class Settings(BaseSettings):
    """The settings of one process. Frozen; defaults are written here and nowhere else."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: str = Field(
        "",
        description="MySQL 8 or MariaDB as `mysql+pymysql://user:password@host/name`. "
        "Empty: SQLite in DATA_DIR, good for one machine.",
    )
    redis_url: str = Field(
        "",
        description="Redis 6.2 or newer as `redis://host:6379/0`. "
        "Empty: a private Redis on a socket, started and stopped by TOP_N.",
    )
    redis_prefix: str = Field(
        "",
        max_length=64,
        pattern=r"^[A-Za-z0-9_:.-]*$",
        description="Put before every Redis key, to share one Redis.",
    )
    data_dir: Path = Field(ROOT / "var", description="Folder for the database, Redis, keys and pictures.")
    workers: int = Field(4, ge=1, le=64, description="Worker processes.")
    drivers: int = Field(8, ge=1, le=256, description="Browsers in total, split over the workers.")
    browser: str = Field("", description="Path of the Chromium or Chrome to use. Empty: the system's.")
    selenium_url: str = Field(
        "",
        description="Address of a Selenium Grid or other remote WebDriver. Empty: browsers on this machine.",
    )
    zhihu_write_url: str = Field("https://zhuanlan.zhihu.com", description="Zhihu's site for writing.")
    zhihu_home_url: str = Field(
        "https://www.zhihu.com",
        description="Zhihu's main site. Cookies are accepted for "
        "the hosts of these two addresses and their parent domain only.",
    )
    secret_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Fernet keys that encrypt cookies, newest first, with "
        "commas between. Empty: made on first start in DATA_DIR. "
        "Required when DATABASE_URL is set.",
    )
    max_running_per_user: int = Field(10, ge=1, le=1000, description="Articles of one user publishing at once.")
    max_starts_per_minute: int = Field(20, ge=1, le=10000, description="New starts of one user in any rolling 60 s.")
    max_running_per_account: int = Field(
        10,
        ge=1,
        le=1000,
        description="Articles of one platform account publishing at once; 1 or 2 is the cautious choice.",
    )
    account_gap_seconds: float = Field(
        0,
        ge=0,
        le=86400,
        description="Quiet seconds of an account between two posts; above 0 it posts one article at a time.",
    )
    max_waiting_per_user: int = Field(10000, ge=1, le=1_000_000, description="More waiting articles are refused.")
    max_retries: int = Field(3, ge=0, le=10, description="Retries after passing faults.")
    driver_idle_seconds: float = Field(300, ge=1, le=86400, description="An unused browser closes after this.")
    driver_max_leases: int = Field(100, ge=1, le=100_000, description="A browser is replaced after so many articles.")
    driver_max_age_seconds: float = Field(3600, ge=10, le=604_800, description="A browser is replaced at this age.")
    lease_wait_seconds: float = Field(60, ge=1, le=600, description="Longest wait of a worker for a free browser.")
    min_free_memory_mb: int = Field(300, ge=0, le=1_000_000, description="No new browser below this free memory.")
    lease_seconds: float = Field(
        30, ge=3, le=600, description="A worker that is silent for so long has lost its articles to another."
    )
    task_seconds: float = Field(600, ge=10, le=7200, description="Longest time for one attempt at one article.")
    step_seconds: float = Field(180, ge=5, le=3600, description="Longest time for one step of an attempt.")
    verify_seconds: float = Field(
        90,
        ge=1,
        le=3600,
        description="How long after the click a draft that is still a draft is not trusted.",
    )
    http_timeout_seconds: float = Field(60, ge=1, le=600, description="Longest wait for one WebDriver command.")
    page_load_seconds: float = Field(60, ge=1, le=600, description="Longest wait for a page.")
    script_seconds: float = Field(20, ge=1, le=600, description="Longest wait for a script inside a page.")
    grace_seconds: float = Field(60, ge=1, le=3600, description="Time to finish what is past submitting at a stop.")
    dashboard_host: str = Field(
        "127.0.0.1",
        min_length=1,
        description="Address the dashboard listens on. 0.0.0.0: everybody in the network reaches it; put a proxy with "
        "HTTPS before it.",
    )
    dashboard_port: int = Field(8501, ge=1, le=65_535, description="Port of the dashboard.")
    session_idle_seconds: float = Field(
        43_200, ge=60, le=2_592_000, description="A signed-in browser that is not used for so long is signed out."
    )
    session_max_seconds: float = Field(
        604_800, ge=60, le=31_536_000, description="A browser is signed out after so long in any case."
    )
    timezone: str = Field(
        "Asia/Shanghai",
        description="Time zone of all times that people read on the command line, and of those they write without "
        "one, as in a CSV from Excel. The dashboard shows times in the zone of the visitor's browser.",
    )
    log_lines: int = Field(
        20_000,
        ge=0,
        le=1_000_000,
        description="Newest log lines of all workers that Redis keeps for the page Logs, about 0.5 KB each. 0: none. "
        "The log files have them all.",
    )
    log_level: str = Field(
        "INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("must be a time zone such as Asia/Shanghai or Europe/Berlin") from error
        return value

    @field_validator("database_url")
    @classmethod
    def _database_scheme(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in DATABASE_SCHEMES:
            raise ValueError(f"must start with one of {', '.join(s + '://' for s in DATABASE_SCHEMES)}")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in REDIS_SCHEMES:
            raise ValueError(f"must start with one of {', '.join(s + '://' for s in REDIS_SCHEMES)}")
        return value

    @field_validator("zhihu_write_url", "zhihu_home_url", "selenium_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must be a web address such as https://www.example.com")
        return value.rstrip("/")

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("secret_keys")
    @classmethod
    def _fernet_keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for key in value:
            try:
                Fernet(key)
            except ValueError as error:
                raise ValueError(
                    "each key must be 32 url-safe base64-encoded bytes; `python -m core keys new` makes one"
                ) from error
        return value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser() if value.expanduser().is_absolute() else ROOT / value.expanduser()

    @model_validator(mode="after")
    def _keys_with_a_shared_database(self) -> Settings:
        if self.database_url and not self.secret_keys:
            raise ValueError(
                "SECRET_KEYS must be set when DATABASE_URL is set, the same on every machine; "
                "`python -m core keys new` makes one"
            )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of times without one."""
        return ZoneInfo(self.timezone)

    @property
    def database_address(self) -> str:
        """SQLAlchemy address of the database in use."""
        if self.database_url:
            return self.database_url
        # A `?` or `%` in the folder's name means something in an address.
        return f"sqlite:///{quote(str(self.data_dir / 'topn.sqlite3'))}"


def environment_name(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def _fault(detail: ErrorDetails) -> Fault:
    location = detail["loc"]
    name = environment_name(str(location[0])) if location else PREFIX + "SECRET_KEYS"
    field = Settings.model_fields.get(str(location[0])) if location else None
    remedy = f"({field.description})" if field and field.description else ""
    return Fault(name, detail["msg"].removeprefix("Value error, ") + ".", remedy)


def _unknown_names() -> list[Fault]:
    """Variables that look like settings but are none: most likely misspelt."""
    known = {environment_name(field) for field in Settings.model_fields}
    faults = []
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known | INTERNAL_NAMES:
            near = difflib.get_close_matches(name, known, n=1)
            remedy = f"Did you mean {near[0]}?" if near else "The README lists all settings."
            faults.append(Fault(name, "there is no such setting.", remedy))
    return faults


def load_settings(**overrides: Any) -> Settings:
    """Read the environment. Raises SettingsError naming every fault at once."""
    faults = _unknown_names()
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise SettingsError([*faults, *(_fault(detail) for detail in error.errors())]) from error
    if faults:
        raise SettingsError(faults)
    return settings


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings()
