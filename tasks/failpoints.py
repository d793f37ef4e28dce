"""Named places where a test can make a worker die, hang or fail: `TOPN_FAILPOINT=after_submitting:kill9`.

Inert unless the variable is set, and refused when TOP_N would publish to anything but this machine.
A third part (`…:kill9:1`) says how often it acts, counted over all processes of one `DATA_DIR`. What hangs goes
on when the file `DATA_DIR/failpoints/<name>.go` is there.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import Fault, SettingsError
from core.settings import Settings, get_settings
from core.telemetry import get_logger

VARIABLE = "TOPN_FAILPOINT"
FOLDER = "failpoints"
LOOK_SECONDS = 0.02
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})

logger = get_logger(__name__)


class FailpointHit(Exception):
    """What the action `raise` raises: an error that nothing in TOP_N knows."""


class Failpoint(StrEnum):
    """One for every instant between two things that last, in the order a task meets them."""

    AFTER_CLAIM = "after_claim"
    """The turn is used up in Redis, the row is untouched."""
    AFTER_TAKE = "after_take"
    """The row is running."""
    AFTER_CONFIRM = "after_confirm"
    """The line knows that the row is taken; the row shows no step."""
    AFTER_BROWSER = "after_browser"
    """A browser is leased."""
    AFTER_ACCOUNT_NOTED = "after_account_noted"
    """The account counts as signed in, the row does not say so."""
    AFTER_SIGNIN = "after_signin"
    """The site knows the account."""
    AFTER_DRAFT_CREATED = "after_draft_created"
    """The site has a draft whose id nobody has saved."""
    AFTER_DRAFT_ID_SAVED = "after_draft_id_saved"
    """The draft's id is in the row, its content is not on the site."""
    AFTER_WRITTEN = "after_written"
    """Title and body stand in the editor."""
    AFTER_DRAFT_SAVED = "after_draft_saved"
    """The whole draft is on the site and was read back, the checkpoint is not saved."""
    AFTER_DRAFTED = "after_drafted"
    """The checkpoint `drafted` is saved."""
    AFTER_SUBMITTING = "after_submitting"
    """The checkpoint `submitting` is saved, nothing was clicked."""
    AFTER_CLICK = "after_click"
    """The site has answered the click, nothing is recorded."""
    AFTER_VERIFIED = "after_verified"
    """It was looked for on the site and the verdict is on record, nothing has come of it."""
    AFTER_RESUBMITTING = "after_resubmitting"
    """The click of an earlier attempt led to nothing and another one is on record as the next thing to come."""
    AFTER_REOPENED = "after_reopened"
    """The site refused the click and the checkpoint is `drafted` again, the outcome is not saved."""
    BEFORE_RECORD = "before_record"
    """The attempt is over and its browser given back, the outcome is not saved."""
    AFTER_PAUSE = "after_pause"
    """The account is paused because the site is busy, the row still runs."""
    AFTER_RECORD = "after_record"
    """The outcome is saved, the cookies are not."""
    BEFORE_RELEASE = "before_release"
    """Only the slot in Redis is still held."""
    BEFORE_PUSH_BACK = "before_push_back"
    """The slot of a task that another worker is to go on with is free, the task is not in line."""
    AFTER_RESCUE = "after_rescue"
    """The row of a dead worker is handed on, the line still counts it as running."""


class FailpointAction(StrEnum):
    """What happens there."""

    KILL9 = "kill9"
    HANG = "hang"
    RAISE = "raise"


@dataclass(frozen=True, slots=True)
class ArmedFailpoint:
    """The failpoint that the environment asks for. `times` None: whenever it is passed."""

    failpoint: Failpoint
    action: FailpointAction
    times: int | None


def parse_failpoint(text: str) -> ArmedFailpoint:
    """Read `name:action[:times]`. Raises SettingsError naming what is allowed."""
    name, _, rest = text.partition(":")
    action, _, times = rest.partition(":")
    try:
        return ArmedFailpoint(Failpoint(name), FailpointAction(action), int(times) if times else None)
    except ValueError as error:
        names = ", ".join(Failpoint)
        remedy = f"Write name:action[:times] with one of {names}; and one of {', '.join(FailpointAction)}."
        raise SettingsError([Fault(VARIABLE, f"{text!r} is no failpoint.", remedy)]) from error


def refuse_failpoint_in_production(settings: Settings) -> None:
    """Raises SettingsError when a failpoint is set while TOP_N would publish to another machine."""
    text = os.environ.get(VARIABLE)
    if not text:
        return
    parse_failpoint(text)
    if urlsplit(settings.zhihu_write_url).hostname not in LOOPBACK_HOSTS:
        reason = f"is set while articles go to {settings.zhihu_write_url}."
        raise SettingsError([Fault(VARIABLE, reason, "Unset it; it is for tests on the practice site.")])


@cache
def _armed() -> ArmedFailpoint | None:
    text = os.environ.get(VARIABLE)
    return parse_failpoint(text) if text else None


def failpoint(here: Failpoint) -> None:
    """Do what the environment asks for at this place; usually nothing. Raises FailpointHit."""
    armed = _armed()
    if armed is None or armed.failpoint is not here:
        return
    if armed.times is not None and not _use_up(armed, _folder()):
        return
    logger.warning("failpoint", failpoint=here.value, action=armed.action.value)
    match armed.action:
        case FailpointAction.KILL9:
            os.kill(os.getpid(), signal.SIGKILL)
        case FailpointAction.HANG:
            _hang(_folder() / f"{here}.go")
        case FailpointAction.RAISE:
            raise FailpointHit(here.value)


def _folder() -> Path:
    return get_settings().data_dir / FOLDER


def _hang(go: Path) -> None:
    while not go.exists():
        time.sleep(LOOK_SECONDS)


def _use_up(armed: ArmedFailpoint, folder: Path) -> bool:
    """Take one of the allowed times. A file per time, made exclusively, counts over processes."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(armed.times or 0):
        try:
            (folder / f"{armed.failpoint}.{number}").touch(exist_ok=False)
        except FileExistsError:
            continue
        return True
    return False
