"""Gets the browser libraries of the Draft.js page from npm, once, into a folder outside the sources."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

SOURCES = Path(__file__).parent
INSTALL_SECONDS = 180
FILES = ("package.json", "package-lock.json")


def install_modules(npm: str, cache: Path) -> Path:
    """The node_modules folder with exactly the versions of package-lock.json; no install script of any
    package runs. Quick when they are there already; safe with two processes at once. Raises
    CalledProcessError when npm refuses, with its words."""
    wanted = hashlib.sha256(b"".join((SOURCES / name).read_bytes() for name in FILES)).hexdigest()
    folder = cache / f"draftjs-{wanted[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "complete"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists():
            for name in FILES:
                shutil.copy(SOURCES / name, folder / name)
            command = [npm, "ci", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
            stamp.touch()
    return folder / "node_modules"
