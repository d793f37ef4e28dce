"""The proxy does to real connections what its toxics say."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import redis

from tests.chaos.toxic_proxy import HOST, Toxic, ToxicKind, ToxicProxy
from tests.servers.local_process import free_port, wait_until
from tests.servers.redis_server import RedisServer

WAIT_SECONDS = 10


class EchoServer:
    """Sends back what comes in, and remembers it."""

    def __init__(self) -> None:
        self.received = b""
        self.resets = 0
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._connections: list[socket.socket] = []
        self._threads[0].start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(WAIT_SECONDS)
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                thread = threading.Thread(target=self._echo, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _echo(self, connection: socket.socket) -> None:
        try:
            while data := connection.recv(65536):
                self.received += data
                connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except ConnectionResetError:
            self.resets += 1
        except OSError:
            return


@pytest.fixture
def echo() -> Iterator[EchoServer]:
    server = EchoServer()
    yield server
    server.stop()


@pytest.fixture
def proxy(echo: EchoServer) -> Iterator[ToxicProxy]:
    with ToxicProxy(echo.port) as made:
        yield made


@pytest.fixture
def client(proxy: ToxicProxy) -> Iterator[socket.socket]:
    """A connection that has been used before any toxic is on."""
    with connect(proxy) as made:
        assert ask(made, b"hello") == b"hello"
        yield made


def connect(proxy: ToxicProxy) -> socket.socket:
    return socket.create_connection((HOST, proxy.port), WAIT_SECONDS)


def ask(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    return read(connection, len(request))


def read(connection: socket.socket, size: int) -> bytes:
    """So many bytes, or what came before the end."""
    data = b""
    while len(data) < size and (more := connection.recv(size - len(data))):
        data += more
    return data


def is_silent(connection: socket.socket, seconds: float) -> bool:
    """Whether nothing comes for so long, not even the end."""
    connection.settimeout(seconds)
    try:
        connection.recv(1)
    except TimeoutError:
        return True
    finally:
        connection.settimeout(WAIT_SECONDS)
    return False


def test_everything_goes_through_unharmed(proxy: ToxicProxy, echo: EchoServer) -> None:
    request = bytes(range(256)) * 4000
    with connect(proxy) as connection:
        sender = threading.Thread(target=connection.sendall, args=(request,))
        sender.start()
        assert read(connection, len(request)) == request
        sender.join(WAIT_SECONDS)
    assert echo.received == request


def test_the_end_of_one_direction_leaves_the_other_open(proxy: ToxicProxy) -> None:
    with connect(proxy) as connection:
        connection.sendall(b"last words")
        connection.shutdown(socket.SHUT_WR)
        assert read(connection, 100) == b"last words"


def test_latency_delays_both_directions(client: socket.socket, proxy: ToxicProxy) -> None:
    proxy.set(Toxic(ToxicKind.LATENCY, seconds=0.2))
    began = time.monotonic()
    assert ask(client, b"slow") == b"slow"
    assert time.monotonic() - began >= 0.4
    assert proxy.hits == {ToxicKind.LATENCY: 1}


def test_a_cut_ends_connections_and_refuses_new_ones(client: socket.socket, proxy: ToxicProxy) -> None:
    proxy.set(Toxic(ToxicKind.CUT))
    assert client.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    proxy.heal()
    with connect(proxy) as again:
        assert ask(again, b"back") == b"back"


def test_a_cut_can_follow_a_cut(proxy: ToxicProxy) -> None:
    for _ in range(3):
        proxy.set(Toxic(ToxicKind.CUT))
        proxy.set(Toxic(ToxicKind.CUT))
        with pytest.raises(ConnectionRefusedError):
            connect(proxy)
        proxy.heal()
        with connect(proxy) as again:
            assert ask(again, b"back") == b"back"


def test_a_reset_reaches_both_ends(client: socket.socket, proxy: ToxicProxy, echo: EchoServer) -> None:
    proxy.set(Toxic(ToxicKind.RESET))
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    wait_until(lambda: echo.resets == 1, WAIT_SECONDS, "the server is told too")


def test_a_reset_hits_a_later_connection_in_the_middle(proxy: ToxicProxy, echo: EchoServer) -> None:
    proxy.set(Toxic(ToxicKind.RESET))
    with connect(proxy) as connection:
        connection.sendall(b"do it")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    assert echo.received == b"do it"


def test_half_a_reply_ends_after_so_many_bytes(client: socket.socket, proxy: ToxicProxy, echo: EchoServer) -> None:
    proxy.set(Toxic(ToxicKind.HALF_REPLY, size=3))
    client.sendall(b"abcdef")
    assert read(client, 100) == b"abc"
    assert echo.received == b"helloabcdef"
    with connect(proxy) as another:
        assert ask(another, b"uvwxyz") == b"uvw"


def test_half_a_reply_counts_over_several_replies(proxy: ToxicProxy) -> None:
    with connect(proxy) as connection:
        proxy.set(Toxic(ToxicKind.HALF_REPLY, size=5))
        assert ask(connection, b"abc") == b"abc"
        connection.sendall(b"def")
        assert read(connection, 100) == b"de"


def test_a_swallowed_reply_was_executed_and_the_caller_hears_nothing(
    client: socket.socket, proxy: ToxicProxy, echo: EchoServer
) -> None:
    proxy.set(Toxic(ToxicKind.SWALLOW_REPLY))
    client.sendall(b"do it")
    wait_until(lambda: echo.received == b"hellodo it", WAIT_SECONDS, "the server gets the request")
    assert is_silent(client, 0.3)
    proxy.heal()
    # Half of a conversation is missing: this connection is good for nothing any more.
    assert client.recv(1) == b""
    with connect(proxy) as again:
        assert ask(again, b"back") == b"back"


def test_a_connection_that_asked_nothing_outlives_the_swallowing(client: socket.socket, proxy: ToxicProxy) -> None:
    proxy.set(Toxic(ToxicKind.SWALLOW_REPLY))
    proxy.heal()
    assert ask(client, b"still here") == b"still here"


def test_in_a_black_hole_nothing_arrives_until_it_ends(
    client: socket.socket, proxy: ToxicProxy, echo: EchoServer
) -> None:
    proxy.set(Toxic(ToxicKind.BLACK_HOLE))
    with connect(proxy) as another:
        client.sendall(b" early")
        another.sendall(b" other")
        assert is_silent(client, 0.3)
        assert echo.received == b"hello"
        proxy.heal()
        assert read(client, 6) == b" early"
        assert read(another, 6) == b" other"


def test_a_client_that_leaves_in_a_black_hole_has_sent_its_request_all_the_same(
    client: socket.socket, proxy: ToxicProxy, echo: EchoServer
) -> None:
    proxy.set(Toxic(ToxicKind.BLACK_HOLE))
    client.sendall(b" do it")
    wait_until(lambda: proxy.hits[ToxicKind.BLACK_HOLE] == 1, WAIT_SECONDS, "the request is on its way")
    client.close()
    proxy.heal()
    wait_until(lambda: echo.received == b"hello do it", WAIT_SECONDS, "the request arrives")


def test_a_server_that_is_away_ends_the_connection() -> None:
    with ToxicProxy(free_port()) as proxy, connect(proxy) as connection:
        assert connection.recv(1) == b""


def test_redis_executes_what_nobody_hears_of(redis_server: RedisServer, redis_client: redis.Redis) -> None:
    with ToxicProxy(redis_server.port) as proxy:
        with redis.Redis(port=proxy.port, socket_timeout=0.5) as client:
            client.ping()
            proxy.set(Toxic(ToxicKind.SWALLOW_REPLY))
            with pytest.raises(redis.TimeoutError):
                client.incr("counter")
        proxy.heal()
        assert redis_client.get("counter") == "1"
