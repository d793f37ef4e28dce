"""Connections to Redis, and the one place where Redis' troubles become `ServiceUnavailable`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from core.errors import ServiceUnavailable

SOCKET_TIMEOUT_SECONDS = 5.0
"""Longest wait for one reply. Blocking reads stay well under it."""
OLDEST_VERSION = (6, 2)
RETRIES = 3

_DAMAGE_SIGNS = ("NaN or Infinity", "WRONGTYPE", "attempt to ", "not a valid float", "not an integer", "out of range")
"""What answers say when a key of ours holds something else: of Redis itself, or of Lua that stumbled over it.
Every other answer is a trouble of the server (full, read-only, loading, …), and the line is whole."""


class LineDamaged(ServiceUnavailable):
    """Somebody has put something else under one of our keys. The next claim or reconcile builds the line anew
    from the database."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__("The line in Redis", _sentence(where, reason), "It is rebuilt from the database by itself.")


def connect(url: str, *, retries: bool = False) -> Redis:
    """A client of the Redis at `url`; nothing is sent yet.

    `retries` repeats a command whose reply was lost. Only for callers whose every command may run twice:
    never for claims, which would take two turns and know of one (DESIGN §4).
    """
    retry = Retry(ExponentialBackoff(cap=0.5, base=0.05), RETRIES) if retries else Retry(NoBackoff(), 0)
    return Redis.from_url(
        url,
        decode_responses=True,
        # Somebody may plant bytes that are no text: they are to be dropped and logged, not to stop us.
        encoding_errors="backslashreplace",
        socket_timeout=SOCKET_TIMEOUT_SECONDS,
        socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
        retry=retry,
        # Else every connection reads redis-py's own package to name its version to the server.
        driver_info=None,
    )


def address_of(redis: Redis) -> str:
    """Where this client connects to, without its password."""
    facts: dict[str, Any] = redis.connection_pool.connection_kwargs
    if "path" in facts:
        return str(facts["path"])
    return f"{facts.get('host', 'localhost')}:{facts.get('port', 6379)}"


@contextmanager
def guarded(redis: Redis) -> Iterator[None]:
    """Turn every trouble of the server or the way to it into `ServiceUnavailable`, and an answer that says our
    keys are not what they should be (a wrong type, an error in a script) into `LineDamaged`."""
    try:
        yield
    except ResponseError as error:
        if any(sign in str(error) for sign in _DAMAGE_SIGNS):
            raise LineDamaged(address_of(redis), str(error)) from error
        raise _unavailable(redis, error) from error
    except RedisError as error:
        raise _unavailable(redis, error) from error


def _unavailable(redis: Redis, error: RedisError) -> ServiceUnavailable:
    where = address_of(redis)
    return ServiceUnavailable(
        "Redis",
        _sentence(where, str(error)),
        "Start it, or set TOPN_REDIS_URL to one that runs; articles stay safe in the database meanwhile.",
    )


def _sentence(where: str, reason: str) -> str:
    return f"{where}: {reason}".rstrip(". ") + "."


def check_server(redis: Redis) -> str:
    """The version of the server. Raises ServiceUnavailable when it does not answer or is too old."""
    with guarded(redis):
        facts = redis.info("server")
    version = str(facts.get("redis_version", "0"))
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST_VERSION:
        raise ServiceUnavailable(
            "Redis",
            f"{address_of(redis)} runs version {version}.",
            "Install Redis 6.2 or newer, or leave TOPN_REDIS_URL empty to use the one TOP_N brings.",
        )
    return version


def server_ms(redis: Redis) -> int:
    """The server's clock in Unix milliseconds: the one clock of the line."""
    with guarded(redis):
        seconds, micros = redis.time()
    return seconds * 1000 + micros // 1000
