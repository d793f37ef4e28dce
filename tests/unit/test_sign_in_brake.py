"""How long who tries passwords must wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from core.services.sign_in_brake import (
    FORGET_SECONDS,
    FREE_TRIES,
    FREE_TRIES_OF_ADDRESS,
    FREE_TRIES_OF_NAME,
    LONGEST_WAIT_OF_ADDRESS_SECONDS,
    LONGEST_WAIT_OF_NAME_SECONDS,
    LONGEST_WAIT_SECONDS,
    SignInBrake,
    keys_of,
)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_of_many_tries_at_once_only_the_free_ones_are_made() -> None:
    brake, keys = SignInBrake(Clock()), keys_of("ada", "10.0.0.1")
    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(lambda _number: brake.reserve(*keys), range(30)))
    assert waits.count(0.0) == FREE_TRIES
    assert set(waits) == {0.0, 2.0}


def test_the_wait_doubles_up_to_the_longest() -> None:
    clock = Clock()
    brake, keys = SignInBrake(clock), keys_of("ada", "10.0.0.1")
    waits = []
    for _ in range(15):
        clock.now += brake.seconds_left(*keys)
        assert brake.reserve(*keys) == 0
        waits.append(brake.seconds_left(*keys))
    assert waits[:6] == [0, 0, 2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT_SECONDS
    clock.now += FORGET_SECONDS + 1
    assert brake.reserve(*keys) == 0
    assert brake.seconds_left(*keys) == 0


def test_a_stranger_elsewhere_does_not_lock_the_right_person_out() -> None:
    clock = Clock()
    brake, theirs = SignInBrake(clock), keys_of("ada", "10.0.0.66")
    for _ in range(10):
        clock.now += brake.seconds_left(*theirs)
        brake.reserve(*theirs)
    assert brake.seconds_left(*theirs) > LONGEST_WAIT_OF_NAME_SECONDS
    assert brake.reserve(*keys_of("ada", "10.0.0.1")) == 0


def test_one_address_is_braked_whatever_name_it_tries() -> None:
    brake = SignInBrake(Clock())
    for number in range(FREE_TRIES_OF_ADDRESS):
        assert brake.reserve(*keys_of(f"user{number}", "10.0.0.66")) == 0
    assert brake.reserve(*keys_of("ada", "10.0.0.66")) > 0


def test_one_person_does_not_lock_all_of_an_office_out() -> None:
    clock = Clock()
    brake, theirs = SignInBrake(clock), keys_of("mallory", "10.0.0.66")
    for _ in range(FREE_TRIES_OF_ADDRESS + 20):
        clock.now += brake.seconds_left(*theirs)
        brake.reserve(*theirs)
    assert brake.seconds_left(*theirs) > LONGEST_WAIT_OF_ADDRESS_SECONDS
    assert brake.seconds_left(*keys_of("ada", "10.0.0.66")) <= LONGEST_WAIT_OF_ADDRESS_SECONDS


def test_a_name_tried_from_everywhere_is_braked_a_little() -> None:
    clock = Clock()
    brake = SignInBrake(clock)
    for number in range(FREE_TRIES_OF_NAME + 10):
        clock.now += brake.seconds_left(*keys_of("Ada", f"10.0.0.{number}"))
        assert brake.reserve(*keys_of("Ada", f"10.0.0.{number}")) == 0
    assert brake.reserve(*keys_of("ada", "10.9.9.9")) == LONGEST_WAIT_OF_NAME_SECONDS


def test_a_right_password_and_one_nobody_could_check_leave_nothing() -> None:
    brake, keys = SignInBrake(Clock()), keys_of("ada", "10.0.0.1")
    for _ in range(20):
        assert brake.reserve(*keys) == 0
        brake.undo(*keys)
    for _ in range(20):
        assert brake.reserve(*keys) == 0
        brake.right(*keys)
