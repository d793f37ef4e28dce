"""How much disk and memory a machine has left, as its processes tell of it."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Any


def disk_room(data_dir: Path) -> dict[str, Any]:
    """Host and free megabytes of the disk that pictures, logs and an embedded database are written to. Without the
    latter when the folder cannot be reached: others say so."""
    try:
        free_mb = shutil.disk_usage(data_dir).free >> 20
    except OSError:
        return {"host": socket.gethostname()}
    return {"host": socket.gethostname(), "disk_free_mb": free_mb}
