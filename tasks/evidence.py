"""Pictures of what a browser showed when an attempt did not go well, kept in DATA_DIR/screenshots."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from core.services.picture_viewer import FOLDER
from core.store.records import HeldTask
from core.telemetry import get_logger

logger = get_logger(__name__)


class Camera(Protocol):
    """The part of a browser lease that takes pictures."""

    def screenshot(self) -> bytes:
        """The visible page as PNG."""
        ...


class ScreenshotFolder:
    """Keeps one picture per attempt and step: `screenshots/<public_id>/<attempt>-<step>.png`."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def keep(self, camera: Camera, held: HeldTask, step: str) -> str | None:
        """Take and save one. Returns its path below DATA_DIR, None when the browser can show nothing."""
        path = Path(FOLDER) / held.public_id / f"{held.attempt}-{step}.png"
        try:
            picture = camera.screenshot()
            target = self._data_dir / path
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.write_bytes(picture)
        except Exception as error:  # noqa: BLE001
            # A picture is a help, never the matter itself: the browser may be dead and the disk full.
            logger.warning("no screenshot", reason=str(error))
            return None
        return str(path)
