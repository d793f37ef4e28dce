"""A process that uses the private Redis of a folder: `python -m tests.integration.queue.embedded_user DATA_DIR`.

Prints the URL, then lets go of the server when its standard input ends, and prints 'stopped'.
"""

from __future__ import annotations

import sys
from pathlib import Path

from core.queue.embedded import EmbeddedRedis
from core.telemetry import configure_logging


def main() -> None:
    """Start, wait, stop."""
    configure_logging("INFO")
    server = EmbeddedRedis(Path(sys.argv[1]))
    sys.stdout.write(server.start() + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()
    sys.stdout.write("stopped\n")


if __name__ == "__main__":
    main()
