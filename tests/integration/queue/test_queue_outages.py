"""Redis away, slow, full or answering into the void."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from core.errors import ServiceUnavailable
from core.queue.key_names import KeyNames
from core.queue.lost_calls import LostCalls
from core.queue.lua_scripts import LuaScripts
from core.queue.queue_stats import read_running
from core.queue.redis_client import check_server, connect
from tests.conftest import require_program
from tests.integration.queue.lossy_proxy import LossyProxy
from tests.integration.queue.queue_support import MemoryRows, claims, entry, make_queue
from tests.servers.local_process import free_port
from tests.servers.redis_server import RedisServer


@pytest.fixture
def own_server(short_folder: Path) -> Iterator[RedisServer]:
    """A Redis with an append-only file that the test may kill."""
    server = RedisServer(short_folder / f"own{free_port()}", require_program("redis-server"), append_only=True)
    server.start()
    yield server
    server.stop()


def test_a_claim_whose_reply_was_lost_is_given_back(redis: Redis, rows: MemoryRows) -> None:
    server_port = redis.connection_pool.connection_kwargs["port"]
    with LossyProxy(server_port) as proxy, connect(f"redis://127.0.0.1:{proxy.port}/0") as client:
        queue = make_queue(client, rows)
        rows.add(entry(1), entry(2))
        assert queue.claim() is not None
        proxy.loses_replies.set()
        with pytest.raises(ServiceUnavailable):
            queue.claim()
        proxy.loses_replies.clear()
        assert redis.zcard("limit:user:1:starts") == 2, "the claim was executed"
        again = queue.claim()
        assert again is not None, "the claim nobody knew of was given back and claimed anew"
        assert (again.task_id, redis.zcard("limit:user:1:starts")) == (2, 2)
        assert redis.hlen("queue:running") == 2


class InterruptedRedis(Redis):
    """Something happens between its reading of the running entries and the answer, once."""

    meanwhile: Callable[[], object] | None = None

    def hgetall(self, name: str) -> object:  # type: ignore[override]
        found = super().hgetall(name)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return found


def test_a_call_lost_while_others_are_looked_for_is_looked_for_next(redis: Redis, rows: MemoryRows) -> None:
    queue, names, scripts = make_queue(redis, rows), KeyNames(""), LuaScripts(redis, "")
    rows.add(entry(1), entry(2))
    queue.rebuild()
    client = InterruptedRedis(connection_pool=redis.connection_pool)
    lost = LostCalls(client, names, scripts)

    def lose(call: str) -> None:
        scripts.run("claim", call, 10, 20, 10, 0)
        lost.add(call)

    lose("first")
    client.meanwhile = lambda: lose("second")
    lost.give_back()
    assert [one.call for one in read_running(redis, names)] == ["second"]
    lost.give_back()
    assert read_running(redis, names) == []


def test_lost_calls_are_not_forgotten_while_redis_is_away(own_server: RedisServer, rows: MemoryRows) -> None:
    with connect(own_server.url) as client:
        queue, names, scripts = make_queue(client, rows), KeyNames(""), LuaScripts(client, "")
        rows.add(entry(1))
        queue.rebuild()
        lost = LostCalls(client, names, scripts)
        scripts.run("claim", "lost", 10, 20, 10, 0)
        lost.add("lost")
        own_server.process.kill()
        with pytest.raises(ServiceUnavailable):
            lost.give_back()
        own_server.start()
        lost.give_back()
        assert queue.stats().running == 0


def test_a_release_whose_reply_was_lost_is_done(redis: Redis, rows: MemoryRows) -> None:
    server_port = redis.connection_pool.connection_kwargs["port"]
    with LossyProxy(server_port) as proxy, connect(f"redis://127.0.0.1:{proxy.port}/0") as client:
        queue = make_queue(client, rows)
        rows.add(entry(1), entry(2))
        other, claim = claims(queue)
        assert queue.release(other)
        proxy.loses_replies.set()
        with pytest.raises(ServiceUnavailable):
            queue.release(claim)
        proxy.loses_replies.clear()
        assert redis.hlen("queue:running") == 0
        assert not queue.release(claim)


def test_nobody_there_is_named_with_address_and_remedy() -> None:
    port = free_port()
    with connect(f"redis://:secret@127.0.0.1:{port}/0") as client:
        queue = make_queue(client, MemoryRows())
        with pytest.raises(ServiceUnavailable, match=f"127.0.0.1:{port}.*TOPN_REDIS_URL") as caught:
            queue.claim()
        assert "secret" not in str(caught.value)
        with pytest.raises(ServiceUnavailable):
            queue.push([entry(1)])


@pytest.mark.fault("28")
def test_the_same_queue_goes_on_after_a_crash_of_redis(own_server: RedisServer, rows: MemoryRows) -> None:
    with connect(own_server.url) as client:
        queue = make_queue(client, rows)
        rows.add(*(entry(task_id) for task_id in range(1, 30)))
        held = claims(queue)
        for claim in held:
            rows.take(claim)
            queue.confirm(claim)
        own_server.process.kill()
        with pytest.raises(ServiceUnavailable):
            queue.claim()
        own_server.start()
        assert queue.claim() is None, "10 run, and the append-only file knows it"
        queue.reconcile()
        assert queue.stats().running == 10
        rows.finish(held[0].task_id)
        assert queue.release(held[0])
        assert queue.claim() is not None


def test_a_full_redis_refuses_a_push_as_a_whole(own_server: RedisServer, rows: MemoryRows) -> None:
    with connect(own_server.url) as client:
        queue = make_queue(client, rows)
        assert queue.claim() is None
        client.config_set("maxmemory", 1)
        with pytest.raises(ServiceUnavailable, match="maxmemory"):
            queue.push([entry(1), entry(2)])
        client.config_set("maxmemory", 0)
        assert queue.stats().waiting == 0
        assert queue.push([entry(1), entry(2)]) == 2
        assert len(claims(queue)) == 2


def test_the_version_is_checked(redis: Redis) -> None:
    major = int(check_server(redis).split(".")[0])
    assert major >= 6
