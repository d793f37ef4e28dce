"""Pictures of browsers pass through Redis only while somebody looks, and end by themselves."""

from __future__ import annotations

import pytest
from redis import Redis

from core.queue.key_names import KeyNames
from core.queue.live_pictures import LOOK_SECONDS, MOST_BYTES, PICTURE_SECONDS, LivePicture, LivePictures

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@pytest.fixture
def pictures(redis: Redis) -> LivePictures:
    return LivePictures(redis, prefix="p:")


def test_a_look_is_seen_by_the_worker_and_its_picture_by_who_looks(redis: Redis, pictures: LivePictures) -> None:
    assert pictures.looked_at([7, 8]) == set()
    assert pictures.look(7) is None
    assert pictures.looked_at([7, 8]) == {7}
    assert pictures.looked_at([]) == set()
    assert pictures.show(7, LivePicture(JPEG, "writing"))
    seen = pictures.look(7)
    assert seen is not None
    assert (seen.jpeg, seen.step) == (JPEG, "writing")
    assert 0 <= seen.age_seconds < PICTURE_SECONDS
    assert pictures.look(8) is None


def test_both_end_by_themselves_and_survive_no_longer_than_they_may(redis: Redis, pictures: LivePictures) -> None:
    pictures.look(7)
    pictures.show(7, LivePicture(JPEG, "writing"))
    names = {str(name): int(redis.pttl(name)) for name in redis.scan_iter("p:*")}
    assert sorted(names) == ["p:live:look:7", "p:live:picture:7"]
    assert 0 < names["p:live:look:7"] <= LOOK_SECONDS * 1000
    assert 0 < names["p:live:picture:7"] <= PICTURE_SECONDS * 1000
    assert not any(KeyNames("p:").is_rebuilt(name) for name in names)


def test_what_is_too_large_is_not_kept(pictures: LivePictures) -> None:
    assert not pictures.show(7, LivePicture(bytes(MOST_BYTES + 1), "writing"))
    assert pictures.look(7) is None


@pytest.mark.parametrize("planted", [b"\x80\x04pickle", b"[1]", b'{"step": 1}', b'{"jpeg": "?", "step": "x"}'])
def test_what_somebody_planted_is_no_picture(redis: Redis, pictures: LivePictures, planted: bytes) -> None:
    redis.set("p:live:picture:7", planted)
    assert pictures.look(7) is None
