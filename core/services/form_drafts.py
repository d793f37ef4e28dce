"""Articles that people have begun to write or to change in the dashboard and not handed in yet."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.store.records import Actor
from core.telemetry import get_logger

FACTS = ".json"
COVER = ".cover"
MOST_FORMS = 20
"""Of one user; the one that was left longest ago goes first."""
KEPT_FOR = timedelta(days=90)
TITLE_LENGTH = 60
NAME = re.compile(r"[a-z0-9]{1,32}")
logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FormDraft:
    """One of somebody's unfinished articles, to choose it by."""

    form: str
    title: str
    """Its own, else how its text begins."""
    at: datetime


class FormDrafts:
    """One for each form that somebody writes in, in files that only TOP_N's own account may read. Whatever is wrong
    with the disk must not keep anybody from handing in: then a draft is not kept, which is said by `save`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def new_form() -> str:
        """The name of a form that nobody has written in yet."""
        return uuid.uuid4().hex

    @staticmethod
    def is_form(name: str) -> bool:
        """Whether this, from an address, can be the name of a form."""
        return NAME.fullmatch(name) is not None

    def save(self, form: str, facts: dict[str, Any], *, actor: Actor) -> bool:
        """Keep what the form holds. False: it could not be kept."""
        return self._write(form, FACTS, json.dumps(facts, ensure_ascii=False).encode(errors="replace"), actor)

    def save_cover(self, form: str, picture: bytes, *, actor: Actor) -> bool:
        """Keep the cover that was chosen. False: it could not be kept."""
        return self._write(form, COVER, picture, actor)

    def load(self, form: str, *, actor: Actor) -> tuple[dict[str, Any], datetime] | None:
        """What the form held and when; None when nothing, or nothing that can be read, is there."""
        file = self._file(form, FACTS, actor)
        try:
            facts = None if file is None else json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        stamp = self.stamp(form, actor=actor)
        return (facts, _moment(stamp)) if isinstance(facts, dict) and stamp is not None else None

    def load_cover(self, form: str, *, actor: Actor) -> bytes | None:
        """The cover that was chosen before; None when there is none, or none that can be read."""
        file = self._file(form, COVER, actor)
        try:
            return None if file is None else file.read_bytes()
        except OSError:
            return None

    def cover_stamp(self, form: str, *, actor: Actor) -> int | None:
        """Another one whenever a cover was chosen; None when none is kept."""
        file = self._file(form, COVER, actor)
        return None if file is None else _stamp(file)

    def stamp(self, form: str, *, actor: Actor) -> int | None:
        """Another one whenever the form was saved; None when nothing of it is kept."""
        file = self._file(form, FACTS, actor)
        return None if file is None else _stamp(file)

    def unfinished(self, *, actor: Actor) -> list[FormDraft]:
        """Those in which something is written, the newest first."""
        found = []
        for file in self._kept(actor):
            stamp = _stamp(file) if file.suffix == FACTS else None
            title = "" if stamp is None else _title_of(file, stamp)
            if stamp is not None and title:
                found.append(FormDraft(file.stem, title, _moment(stamp)))
        return sorted(found, key=lambda draft: draft.at, reverse=True)

    def forget(self, form: str, *, actor: Actor) -> None:
        """It was handed in, or its writer wants it no more."""
        for kind in (FACTS, COVER):
            self._remove(self._file(form, kind, actor))

    def forget_cover(self, form: str, *, actor: Actor) -> None:
        """Its writer wants none, or another one."""
        self._remove(self._file(form, COVER, actor))

    def _write(self, form: str, kind: str, data: bytes, actor: Actor) -> bool:
        """All of it or nothing: a writer who is cut off keeps what was there."""
        file = self._file(form, kind, actor)
        if file is None:
            return False
        fresh = file.with_suffix(f"{kind}.new")
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            is_first = not file.exists()
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as target:
                target.write(data)
            fresh.replace(file)
        except OSError as error:
            logger.warning("an unfinished article could not be kept", reason=str(error))
            return False
        if is_first:
            self._forget_old(actor)
        return True

    def _forget_old(self, actor: Actor) -> None:
        """More than anybody comes back to, and what nobody came back to for long."""
        last: dict[str, int] = {}
        for file in self._kept(actor):
            last[file.stem] = max(last.get(file.stem, 0), _stamp(file) or 0)
        oldest = datetime.now(UTC) - KEPT_FOR
        for place, form in enumerate(sorted(last, key=last.__getitem__, reverse=True)):
            if place >= MOST_FORMS or _moment(last[form]) < oldest:
                self.forget(form, actor=actor)

    def _kept(self, actor: Actor) -> Iterator[Path]:
        folder = self._folder / str(actor.user_id)
        with suppress(OSError):
            yield from [file for file in folder.iterdir() if file.suffix in (FACTS, COVER)]

    def _file(self, form: str, kind: str, actor: Actor) -> Path | None:
        is_known = actor.user_id is not None and self.is_form(form)
        return self._folder / str(actor.user_id) / f"{form}{kind}" if is_known else None

    @staticmethod
    def _remove(file: Path | None) -> None:
        if file is not None:
            with suppress(OSError):
                file.unlink()


def _stamp(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1e9, UTC)


@lru_cache(maxsize=1000)
def _title_of(file: Path, _stamp: int) -> str:
    """Empty when nothing is written. Every open form asks for those of the others at each run: a file is read once."""
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        written = [str(facts.get(name) or "").strip() for name in ("title", "content")]
    except (OSError, ValueError, AttributeError):
        return ""
    return next((" ".join(words[: TITLE_LENGTH * 2].split())[:TITLE_LENGTH] for words in written if words), "")
