"""When a picture of a running attempt is taken, and what its failure means: nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from core.browser.bidi_channel import BidiError
from core.errors import BrowserLost
from tasks.live_camera import LiveCamera
from tasks.running_attempt import RunningAttempt, StepLimits
from tests.unit.held_task import held_task


@dataclass
class Browser:
    """Shows the same picture each time, or fails."""

    error: Exception | None = None
    taken: int = 0
    after: list[Callable[[], None]] = field(default_factory=list)

    def small_picture(self) -> bytes:
        self.taken += 1
        if self.error is not None:
            raise self.error
        return b"jpeg"

    def after_each_command(self, do: Callable[[], None]) -> None:
        self.after.append(do)


def camera_of(browser: Browser) -> LiveCamera:
    attempt = RunningAttempt(held_task(), StepLimits(60, 600))
    attempt.enter_step("writing")
    return LiveCamera(attempt, browser)


def test_nothing_is_taken_while_nobody_looks() -> None:
    browser = Browser()
    camera = camera_of(browser)
    camera.shoot()
    assert (browser.taken, camera.take_out()) == (0, None)


def test_one_picture_at_most_every_two_seconds() -> None:
    browser = Browser()
    camera = camera_of(browser)
    camera.is_looked_at = True
    for _ in range(5):
        camera.shoot()
    assert browser.taken == 1
    picture = camera.take_out()
    assert picture is not None
    assert (picture.jpeg, picture.step) == (b"jpeg", "writing")
    assert camera.take_out() is None


@pytest.mark.parametrize("error", [BrowserLost("gone"), BidiError("unknown error", "no"), ValueError("no base64")])
def test_a_browser_that_shows_nothing_is_not_asked_again(error: Exception) -> None:
    browser = Browser(error)
    camera = camera_of(browser)
    camera.is_looked_at = True
    camera.shoot()
    camera._last_shot = None  # noqa: SLF001 - as if it were long ago
    camera.shoot()
    assert (browser.taken, camera.take_out()) == (1, None)
