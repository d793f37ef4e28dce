"""Articles that people have begun to write in the dashboard and not handed in yet."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.store.records import Actor
from core.telemetry import get_logger

COVER = ".cover"
logger = get_logger(__name__)


class FormDrafts:
    """One per user, the last one written, in a file that only TOP_N's own account may read. Whatever is wrong with the
    disk must not keep anybody from handing in: then a draft is not kept, which is said by `save`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, facts: dict[str, Any], *, actor: Actor) -> bool:
        """Keep what the form holds. False: it could not be kept."""
        file = self._file(actor)
        if file is None:
            return False
        return self._write(file, json.dumps(facts, ensure_ascii=False).encode(errors="replace"))

    def save_cover(self, picture: bytes, *, actor: Actor) -> bool:
        """Keep the cover that was chosen. False: it could not be kept."""
        file = self._file(actor)
        return file is not None and self._write(file.with_suffix(COVER), picture)

    def load_cover(self, *, actor: Actor) -> bytes | None:
        """The cover that was chosen before; None when there is none, or none that can be read."""
        file = self._file(actor)
        try:
            return None if file is None else file.with_suffix(COVER).read_bytes()
        except OSError:
            return None

    def forget_cover(self, *, actor: Actor) -> None:
        """Its writer wants none, or another one."""
        file = self._file(actor)
        if file is not None:
            with suppress(OSError):
                file.with_suffix(COVER).unlink()

    def _write(self, file: Path, data: bytes) -> bool:
        """All of it or nothing: a writer who is cut off keeps what was there."""
        fresh = file.with_suffix(f"{file.suffix}.new")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as target:
                target.write(data)
            fresh.replace(file)
        except OSError as error:
            logger.warning("an unfinished article could not be kept", reason=str(error))
            return False
        return True

    def load(self, *, actor: Actor) -> tuple[dict[str, Any], datetime] | None:
        """What the form held and when; None when nothing, or nothing that can be read, is there."""
        file = self._file(actor)
        if file is None:
            return None
        try:
            facts = json.loads(file.read_text(encoding="utf-8"))
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        except (OSError, ValueError):
            return None
        return (facts, at) if isinstance(facts, dict) else None

    def forget(self, *, actor: Actor) -> None:
        """It was handed in, or its writer wants a blank page."""
        file = self._file(actor)
        if file is not None:
            with suppress(OSError):
                file.unlink()
        self.forget_cover(actor=actor)

    def _file(self, actor: Actor) -> Path | None:
        return None if actor.user_id is None else self._folder / f"{actor.user_id}.json"
