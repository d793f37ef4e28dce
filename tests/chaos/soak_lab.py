"""A whole TOP_N with all servers it stands on, each behind a proxy that can make its network ill."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil

from core.browser.marked_processes import DRIVER_MARK, WORKER_MARK, marked_processes
from core.lane import LimitDefaults
from core.store.records import AccountView
from tests.chaos.people import People
from tests.chaos.supervised import Supervised
from tests.chaos.toxic_proxy import ToxicProxy
from tests.practice_site.client import PracticeAccount, PracticeClient
from tests.practice_site.faults import Fault
from tests.practice_site.server import PracticeSite
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import WorkerLab

WORKERS, DRIVERS, USERS = 4, 8, 10
LEASE_SECONDS, VERIFY_SECONDS, GRACE_SECONDS = 6, 50, 8
LIMITS = LimitDefaults(
    max_running_per_user=2, max_starts_per_minute=6, max_running_per_account=10, account_gap_seconds=0
)
"""Low enough that bursts of articles run into them."""
SITE_SECONDS, PUBLISH_SECONDS = 0.5, 3.0
"""How long the site thinks before it does anything, and before it publishes. With an idle TOP_N most faults would hit
nothing, and with a quick site hardly one would hit a click on its way."""
STOP_SECONDS = GRACE_SECONDS + 60.0
SETTINGS = {
    "TOPN_LEASE_SECONDS": LEASE_SECONDS,
    # Longer than whatever may hold up a click that happened: see `site_faults` and `network_faults`.
    "TOPN_VERIFY_SECONDS": VERIFY_SECONDS,
    "TOPN_GRACE_SECONDS": GRACE_SECONDS,
    "TOPN_STEP_SECONDS": 90,
    "TOPN_TASK_SECONDS": 240,
    "TOPN_HTTP_TIMEOUT_SECONDS": 20,
    "TOPN_PAGE_LOAD_SECONDS": 20,
    "TOPN_SCRIPT_SECONDS": 10,
    "TOPN_MAX_RUNNING_PER_USER": LIMITS.max_running_per_user,
    "TOPN_MAX_STARTS_PER_MINUTE": LIMITS.max_starts_per_minute,
    "TOPN_LOG_LEVEL": "INFO",
}


class BrowserPart(StrEnum):
    """The processes of one browser."""

    DRIVER = "chromedriver"
    BROWSER = "browser"
    RENDERER = "renderer"


@dataclass(frozen=True, slots=True)
class Owner:
    """A user with its account, here and on the site."""

    account: AccountView
    on_site: PracticeAccount


class SoakLab:
    """Everything is there between `start` and `close`. `database` is `mariadb` or `sqlite`; `folder` has a short
    path (a socket's path may have 107 bytes)."""

    def __init__(self, folder: Path, *, database: str) -> None:
        self.folder = folder
        self.site_server = PracticeSite(folder / "site", autosave_ms=150)
        self.redis_server = RedisServer(folder / "redis", _program("redis-server"), append_only=True)
        self.mariadb: MariaDbServer | None = None
        if database == "mariadb":
            self.mariadb = MariaDbServer(folder / "db", _program("mariadbd", "mysqld"))
        self.redis_proxy = ToxicProxy(self.redis_server.port)
        self.site_proxy = ToxicProxy(self.site_server.port)
        self.database_proxy = ToxicProxy(self.mariadb.port) if self.mariadb else None
        self.owners: list[Owner] = []
        self._stack = ExitStack()

    def start(self) -> None:
        """Start the servers, make users and accounts, start the workers."""
        with ExitStack() as stack:
            self._start_servers(stack)
            self._make_lab(stack)
            self.workers = Supervised(self._start_workers, stop_seconds=STOP_SECONDS)
            stack.callback(self.workers.end)
            self.workers.begin()
            self._stack = stack.pop_all()

    def close(self) -> None:
        """Stop everything that runs still."""
        self._stack.close()

    def _start_servers(self, stack: ExitStack) -> None:
        self.site_server.start()
        stack.callback(self.site_server.stop)
        self.redis_server.start()
        stack.callback(self.redis_server.stop)
        if self.mariadb is not None:
            self.mariadb.start()
            stack.callback(self.mariadb.stop)
        for proxy in (self.redis_proxy, self.site_proxy, self.database_proxy):
            if proxy is not None:
                stack.enter_context(proxy)

    def _make_lab(self, stack: ExitStack) -> None:
        """The lab itself reaches everything directly: it has to see the truth while the network is ill."""
        direct = f"sqlite:///{self.folder / 'soak.sqlite3'}"
        proxied = direct
        if self.mariadb is not None and self.database_proxy is not None:
            direct = self.mariadb.create_database("soak")
            proxied = direct.replace(f":{self.mariadb.port}/", f":{self.database_proxy.port}/")
        redis_url = f"redis://127.0.0.1:{self.redis_proxy.port}/0"
        site_url = f"http://127.0.0.1:{self.site_proxy.port}"
        self.lab = WorkerLab(self.folder, database_url=direct, redis_url=self.redis_server.url, site=self.site)
        stack.callback(self.lab.close)
        self.lab.environment |= {name: str(value) for name, value in SETTINGS.items()}
        self.lab.environment |= {
            "TOPN_DATABASE_URL": proxied,
            "TOPN_REDIS_URL": redis_url,
            "TOPN_ZHIHU_WRITE_URL": site_url,
            "TOPN_ZHIHU_HOME_URL": site_url,
        }
        self.site.set_fault(Fault.SLOW_REPLY, path="/api/v4/content/publish", seconds=PUBLISH_SECONDS)
        self.site.set_fault(Fault.SLOW_REPLY, seconds=SITE_SECONDS)
        self.people = People(proxied, redis_url, prefix=self.prefix, defaults=LIMITS, site=site_url)
        stack.callback(self.people.close)
        for number in range(1, USERS + 1):
            self.owners.append(Owner(*self.lab.account(f"user-{number:02}")))

    def _start_workers(self, *arguments: str) -> subprocess.Popen[bytes]:
        return self.lab.run("run_workers.py", f"--workers={WORKERS}", f"--drivers={DRIVERS}", *arguments)

    @property
    def site(self) -> PracticeClient:
        """The site's control API, past the proxy."""
        return PracticeClient(self.site_server.url)

    @property
    def prefix(self) -> str:
        """Of all keys in Redis."""
        return self.lab.environment["TOPN_REDIS_PREFIX"]

    @property
    def data_dir(self) -> str:
        return str(self.lab.data_dir.resolve())

    def browser_processes(self, part: BrowserPart, *, worker_pid: int | None = None) -> list[psutil.Process]:
        """These processes of all browsers of this lab, or of those of one worker, by process id."""
        worker = "" if worker_pid is None else f":{worker_pid}:"
        mine = marked_processes(
            lambda marks: marks[DRIVER_MARK].startswith(self.data_dir) and worker in marks[WORKER_MARK]
        )
        return sorted((process for process in mine if _part_of(process) is part), key=lambda process: process.pid)

    def processes(self) -> list[psutil.Process]:
        """Every process of this lab but its servers: workers, supervisors, browsers. Renderers wipe their
        environment, so the command line and the working directory count as well."""
        return [process for process in psutil.process_iter() if self._is_mine(process)]

    def _is_mine(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                return False
            is_marked = process.environ().get("TOPN_DATA_DIR") == self.lab.environment["TOPN_DATA_DIR"]
            return is_marked or self.data_dir in " ".join(process.cmdline()) or process.cwd().startswith(self.data_dir)
        return False


def _program(*names: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise SystemExit(f"none of {', '.join(names)} is installed; `make setup-tests` installs it")
    return found


def _part_of(process: psutil.Process) -> BrowserPart | None:
    with suppress(psutil.Error):
        command = " ".join(process.cmdline())
        if process.name().startswith("chromedriver"):
            return BrowserPart.DRIVER
        if "--type=renderer" in command:
            return BrowserPart.RENDERER
        if "--type=" not in command and "chrom" in process.name():
            return BrowserPart.BROWSER
    return None
