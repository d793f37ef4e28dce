"""Which refusals are written down once more."""

from __future__ import annotations

from core.services.denial_memory import AGAIN_SECONDS, MOST, DenialMemory


def test_a_refusal_is_known_for_an_hour() -> None:
    now = [1000.0]
    memory = DenialMemory(lambda: now[0])
    denial = ("ada", "article.read", "article", "7")
    assert not memory.knows(denial)
    memory.remember(denial)
    assert memory.knows(denial)
    assert not memory.knows(("ada", "article.read", "article", "8"))
    now[0] += AGAIN_SECONDS - 1
    assert memory.knows(denial)
    now[0] += 1
    assert not memory.knows(denial)
    memory.remember(denial)
    assert memory.knows(denial)


def test_a_flood_forgets_the_oldest() -> None:
    memory = DenialMemory(lambda: 0.0)
    for number in range(MOST + 1):
        memory.remember((number,))
    assert not memory.knows((0,))
    assert memory.knows((1,))
    assert memory.knows((MOST,))
