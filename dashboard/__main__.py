"""Serve the dashboard: `python -m dashboard [--host 127.0.0.1] [--port 8501]`.

The same as `python -m streamlit run dashboard/asgi_app.py`, with host and port from the settings of TOP_N. Ends with
0 after a stop, 2 when it cannot start (a wrong setting, or a port that another program uses).
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import click
from streamlit.web import cli

from core.errors import SettingsError
from core.settings import Settings, get_settings

EXIT_CANNOT_START = 2
LOOK_SECONDS = 1.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # named to be shown, not to be bound
"""Where this machine finds a server that listens on all its addresses."""


def read_options(arguments: list[str] | None, settings: Settings) -> argparse.Namespace:
    """The command line; what it leaves out comes from the settings."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="Serve the dashboard.")
    parser.add_argument("--host", default=settings.dashboard_host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=settings.dashboard_port, help="port (%(default)s)")
    parser.add_argument("--parent-pid", type=int, default=None, help="stop when this process is gone")
    return parser.parse_args(arguments)


def why_not(host: str, port: int) -> str | None:
    """Why nobody can listen there just now; None when it is free."""
    try:
        # As Streamlit does it: a connection of a moment ago does not keep the port.
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return None
    except OSError as error:
        # A name that is not found has a number below 0, and its own words.
        number = error.errno or 0
        return os.strerror(number) if number > 0 else str(error)
    except OverflowError as error:
        return str(error)


def end_with(parent_pid: int) -> None:
    """End this process when its parent has: nobody else would."""
    while os.getppid() == parent_pid:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code, see above."""
    try:
        options = read_options(arguments, get_settings())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CANNOT_START
    reason = why_not(options.host, options.port)
    if reason is not None:
        sys.stderr.write(
            f"The dashboard cannot listen on {options.host} port {options.port}: {reason}. "
            "End the program that uses it, or set TOPN_DASHBOARD_HOST or TOPN_DASHBOARD_PORT to another.\n"
        )
        return EXIT_CANNOT_START
    if options.parent_pid is not None:
        threading.Thread(target=end_with, args=(options.parent_pid,), name="parent-watch", daemon=True).start()
    sys.stdout.write(f"The dashboard is at http://{EVERYWHERE.get(options.host, options.host)}:{options.port}\n")
    sys.stdout.flush()
    # The server has answered its last request then, and raises the signal once more: by itself that would end the
    # process before it can close what it opened.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(click.Abort):  # Ctrl-C
        cli.main(
            [
                "run",
                str(Path(__file__).with_name("asgi_app.py")),
                f"--server.address={options.host}",
                f"--server.port={options.port}",
                "--logger.hideWelcomeMessage=true",
            ],
            standalone_mode=False,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
