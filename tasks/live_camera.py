"""Films the browsers of running attempts for those who look.

A picture is taken by the attempt's own thread, between two of its commands, so that nobody else ever uses a browser
that is in use; a loop of its own asks Redis who looks and carries the pictures there, so that no step ever waits for
Redis. While nobody looks, nothing is taken.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Protocol

from core.browser.bidi_channel import BidiError
from core.errors import BrowserLost
from core.queue.live_pictures import LivePicture, LivePictures
from tasks.background_loop import BackgroundLoop
from tasks.running_attempt import RunningAttempt
from tasks.service_watch import REDIS, ServiceWatch

ROUND_SECONDS = 1.0
SECONDS_BETWEEN = 2.0
"""The shortest time between two pictures of one attempt."""


class Filmed(Protocol):
    """The part of a browser lease that is filmed."""

    def small_picture(self) -> bytes:
        """The visible page as JPEG."""
        ...

    def after_each_command(self, do: Callable[[], None]) -> None:
        """Call `do` in the holder's thread after each command to the browser."""
        ...


class LiveCamera:
    """Of one attempt. `shoot` belongs to its thread, everything else to the loop's."""

    def __init__(self, attempt: RunningAttempt, browser: Filmed) -> None:
        self.task_id = attempt.held.id
        self.is_looked_at = False
        self._attempt = attempt
        self._browser = browser
        self._is_broken = False
        self._last_shot: float | None = None
        self._newest: LivePicture | None = None

    def shoot(self) -> None:
        """Take a picture if somebody looks and the last one is old enough. Its failure is no failure of the step."""
        if not self.is_looked_at or self._is_broken:
            return
        now = time.monotonic()
        if self._last_shot is not None and now - self._last_shot < SECONDS_BETWEEN:
            return
        self._last_shot = now
        try:
            self._newest = LivePicture(self._browser.small_picture(), self._attempt.step_name)
        except (BrowserLost, BidiError, KeyError, ValueError):
            # The next command of the step finds out what is wrong. This browser is asked for no more pictures: one
            # that does not answer would hold up the step each time.
            self._is_broken = True

    def take_out(self) -> LivePicture | None:
        """The newest picture, once."""
        newest, self._newest = self._newest, None
        return newest


class LiveFilm(BackgroundLoop):
    """The cameras of one process."""

    def __init__(self, pictures: LivePictures, watch: ServiceWatch | None = None) -> None:
        super().__init__("film", ROUND_SECONDS, watch)
        self._pictures = pictures
        self._cameras: set[LiveCamera] = set()
        self._lock = threading.Lock()

    @contextmanager
    def filming(self, attempt: RunningAttempt, browser: Filmed) -> Iterator[LiveCamera]:
        """While this lasts, the attempt can be looked at."""
        camera = LiveCamera(attempt, browser)
        browser.after_each_command(camera.shoot)
        with self._lock:
            self._cameras.add(camera)
        try:
            yield camera
        finally:
            with self._lock:
                self._cameras.discard(camera)

    def tick(self) -> Collection[str]:
        """Ask who looks, and carry away what was taken."""
        with self._lock:
            cameras = list(self._cameras)
        if not cameras:
            return ()
        looked_at = self._pictures.looked_at({camera.task_id for camera in cameras})
        for camera in cameras:
            camera.is_looked_at = camera.task_id in looked_at
            picture = camera.take_out()
            if picture is not None:
                self._pictures.show(camera.task_id, picture)
        return (REDIS,)
