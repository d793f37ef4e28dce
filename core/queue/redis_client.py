"""Connections to Redis, and the one place where Redis' troubles become `ServiceUnavailable`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from core.errors import ServiceUnavailable

SOCKET_TIMEOUT_SECONDS = 5.0
"""Longest wait for one reply. Blocking reads stay well under it."""
OLDEST_VERSION = (6, 2)
RETRIES = 3

_SERVER_TROUBLES = ("OOM ", "MISCONF", "LOADING", "BUSY ", "READONLY", "MASTERDOWN", "NOAUTH", "NOPERM")
"""Replies that say the server cannot serve now, as opposed to a fault in what was asked. Redis before 7 puts
them in the middle of the sentence when they come out of a script."""


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
    )


def address_of(redis: Redis) -> str:
    """Where this client connects to, without its password."""
    facts: dict[str, Any] = redis.connection_pool.connection_kwargs
    if "path" in facts:
        return str(facts["path"])
    return f"{facts.get('host', 'localhost')}:{facts.get('port', 6379)}"


@contextmanager
def guarded(redis: Redis) -> Iterator[None]:
    """Turn every trouble of the server or the way to it into `ServiceUnavailable`.

    A `ResponseError` that is a fault in what was asked (a wrong type, an error in a script) passes through.
    """
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError, ReadOnlyError) as error:
        raise _unavailable(redis, error) from error
    except ResponseError as error:
        if any(sign in str(error) for sign in _SERVER_TROUBLES):
            raise _unavailable(redis, error) from error
        raise


def _unavailable(redis: Redis, error: RedisError) -> ServiceUnavailable:
    where = address_of(redis)
    return ServiceUnavailable(
        "Redis",
        f"{where}: {error}".rstrip(". ") + ".",
        "Start it, or set TOPN_REDIS_URL to one that runs; articles stay safe in the database meanwhile.",
    )


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
