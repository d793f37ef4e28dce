"""The CSV on the upload page as it was looked at: read once, held against the database now and then, and let go with
the page."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core import wiring
from core.services.csv_import import ParsedCsv, parse_csv
from core.settings import get_settings
from core.store.records import Actor

PARSED = "upload_parsed"
CHECKED = "upload_checked"
RECHECK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """What a check rests on, beside the database: the file and what stands in the fields beside it."""

    owner: int | None
    account: str
    is_repeating: bool
    without_covers: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What the button that hands in a file says of it. Two that differ are not the same order."""

    file_id: str
    choice: Choice
    good: int
    faults: int
    """A hash of them all."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file as it was read, which is good until the first of its times passes."""

    key: Hashable
    parsed: ParsedCsv
    due: datetime | None


def check(actor: Actor, file: UploadedFile, choice: Choice) -> tuple[ParsedCsv, Shown]:
    """The file with all its faults. Of ten thousand rows that takes seconds, so the database has its say again only
    after half a minute, and when the file is handed in. Raises InvalidInput for what is no CSV."""
    parsed = _parsed(file, choice)
    key = (file.file_id, actor.user_id, choice, parsed.faults, int(time.monotonic() // RECHECK_SECONDS))
    known = st.session_state.get(CHECKED)
    if known is None or known[0] != key:
        checked = wiring.get_task_manager().check_batch(
            parsed, actor=actor, user_id=choice.owner, allow_duplicates=choice.is_repeating
        )
        known = st.session_state[CHECKED] = (key, checked)
    found: ParsedCsv = known[1]
    return found, Shown(file.file_id, choice, len(found.good_rows), hash(found.faults))


def check_anew() -> None:
    """The database knows better than the check."""
    st.session_state.pop(CHECKED, None)


def good_part(checked: ParsedCsv) -> ParsedCsv:
    """The file without its bad rows: when one more of it turns out bad, none is handed in."""
    bad = checked.bad_numbers
    return replace(checked, rows=tuple(row for row in checked.rows if row.number not in bad), faults=())


def forget() -> None:
    """The page is left."""
    for key in (PARSED, CHECKED):
        st.session_state.pop(key, None)


def _parsed(file: UploadedFile, choice: Choice) -> ParsedCsv:
    now = datetime.now(UTC)
    key = (file.file_id, choice.account, choice.without_covers)
    known: _Reading | None = st.session_state.get(PARSED)
    if known is not None and known.key == key and (known.due is None or now < known.due):
        return known.parsed
    parsed = parse_csv(
        file.getvalue(),
        zone=get_settings().zone,
        now=now,
        default_account=choice.account,
        without_covers=choice.without_covers,
    )
    times = [row.submission.run_at for row in parsed.rows if row.submission and row.submission.run_at]
    st.session_state[PARSED] = _Reading(key, parsed, min((at for at in times if at > now), default=None))
    return parsed
