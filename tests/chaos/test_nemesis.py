"""The plan comes from the seed alone; the nemesis carries it out, heals, and survives its own faults."""

from __future__ import annotations

import itertools
import threading
from random import Random
from typing import cast

from tests.chaos.authors import plan_articles
from tests.chaos.nemesis import Blow, Fault, Nemesis, Strike, plan_strikes
from tests.chaos.people_faults import PEOPLE_FAULTS
from tests.chaos.process_faults import PROCESS_FAULTS
from tests.chaos.service_faults import DATABASE_FAULTS, SERVICE_FAULTS
from tests.chaos.site_faults import SITE_FAULTS
from tests.chaos.soak_lab import SoakLab

ALL_FAULTS = [*PROCESS_FAULTS, *SERVICE_FAULTS, *DATABASE_FAULTS, *SITE_FAULTS, *PEOPLE_FAULTS]
NO_LAB = cast("SoakLab", None)


def random(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # to be foreseen is what it is for


def strikes_of(seed: int) -> list[Strike]:
    """What ten minutes bring."""
    return plan_strikes(random(seed), ALL_FAULTS, seconds=600, every_seconds=4)


def nothing(lab: SoakLab, strike: Strike) -> None:
    """Finds nothing to hit."""


def strike_of(fault: Fault, *, seconds: float = 0) -> Strike:
    return Strike(0, fault, seconds, 0.5)


def test_the_same_seed_plans_the_same() -> None:
    assert strikes_of(7) == strikes_of(7) != strikes_of(8)
    planned = [plan_articles(random(seed), articles=50, owners=10, seconds=60) for seed in (7, 7, 8)]
    assert planned[0] == planned[1] != planned[2]


def test_ten_minutes_bring_every_fault_every_few_seconds() -> None:
    strikes = strikes_of(1)
    assert {strike.fault.name for strike in strikes} == {fault.name for fault in ALL_FAULTS}
    assert 100 < len(strikes) < 300
    assert all(first.at_seconds < second.at_seconds for first, second in itertools.pairwise(strikes))


def test_every_fault_has_a_name_of_its_own() -> None:
    assert len({fault.name for fault in ALL_FAULTS}) == len(ALL_FAULTS)


def test_faults_last_as_long_as_they_say() -> None:
    for strike in strikes_of(3):
        shortest, longest = strike.fault.lasts
        assert shortest <= strike.seconds <= longest


def test_articles_come_over_the_whole_time_each_once() -> None:
    planned = plan_articles(random(1), articles=203, owners=10, seconds=540)
    assert len({article.submission.client_ref for article in planned}) == 203
    assert len({article.submission.title for article in planned}) == 203
    counts = [sum(article.owner == owner for article in planned) for owner in range(10)]
    assert sorted(set(counts)) == [20, 21]
    assert planned[0].at_seconds < 60
    assert planned[-1].at_seconds > 480


def test_a_choice_is_one_of_what_is_there() -> None:
    fault = Fault("any", nothing)
    picked = {Strike(0, fault, 0, choice / 100).pick("abc") for choice in range(100)}
    assert picked == {"a", "b", "c"}
    assert Strike(0, fault, 0, 0.5).pick([]) is None


def test_what_was_hit_is_healed_and_written_down() -> None:
    done: list[str] = []

    def strike(lab: SoakLab, strike: Strike) -> Blow:
        done.append("struck")
        return Blow("the target", lambda: done.append("healed"))

    nemesis = Nemesis(NO_LAB, lambda line: None)
    nemesis.run([strike_of(Fault("one", strike)), strike_of(Fault("none", nothing))])
    assert done == ["struck", "healed"]
    assert [record.target for record in nemesis.records] == ["the target", None]
    assert nemesis.counts() == {"one": 1}
    assert nemesis.surprises == []


def test_two_faults_of_one_part_are_not_done_at_once() -> None:
    struck = threading.Event()

    def first(lab: SoakLab, strike: Strike) -> Blow:
        struck.set()
        return Blow("first")

    def second(lab: SoakLab, strike: Strike) -> Blow:
        raise AssertionError("both at once")

    nemesis = Nemesis(NO_LAB, lambda line: None)
    strikes = [
        strike_of(Fault("first", first, touches="part"), seconds=60),
        Strike(0.2, Fault("second", second, touches="part"), 0, 0.5),
        Strike(0.4, Fault("other", lambda lab, strike: Blow("other"), touches="other part"), 0, 0.5),
    ]
    runner = threading.Thread(target=nemesis.run, args=(strikes,))
    runner.start()
    assert struck.wait(10)
    while len(nemesis.records) < 3 or nemesis.counts().total() < 2:
        assert runner.is_alive()
        threading.Event().wait(0.01)
    nemesis.stop()
    runner.join(10)
    assert {record.fault: record.target for record in nemesis.records} == {
        "first": "first",
        "second": None,
        "other": "other",
    }
    assert nemesis.surprises == []


def test_a_stop_heals_at_once() -> None:
    healed = threading.Event()
    nemesis = Nemesis(NO_LAB, lambda line: nemesis.stop())
    nemesis.run([strike_of(Fault("long", lambda lab, strike: Blow("it", healed.set)), seconds=600)])
    assert healed.is_set()


def test_a_fault_that_fails_is_told_and_the_next_one_comes() -> None:
    def broken(lab: SoakLab, strike: Strike) -> Blow:
        raise ValueError("broken fault")

    nemesis = Nemesis(NO_LAB, lambda line: None)
    nemesis.run([strike_of(Fault("bad", broken)), strike_of(Fault("good", lambda lab, strike: Blow("it")))])
    assert nemesis.counts() == {"good": 1}
    (surprise,) = nemesis.surprises
    assert "broken fault" in surprise
