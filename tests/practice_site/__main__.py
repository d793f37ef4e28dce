"""`python -m tests.practice_site --port 8900`: the practice site on its own, for training."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

from tests.practice_site.app import SiteOptions, create_app


def main() -> None:
    """Serve on loopback until stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.practice_site", description=__doc__)
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--autosave-ms", type=int, default=700, help="quiet time before the write page saves")
    parser.add_argument(
        "--draftjs-modules", type=Path, default=None, help="a node_modules folder: use the real Draft.js editor"
    )
    parser.add_argument(
        "--keep-connections", action="store_true", help="use a connection for many requests, as the real site does"
    )
    arguments = parser.parse_args()
    options = SiteOptions(autosave_ms=arguments.autosave_ms, draftjs_modules=arguments.draftjs_modules)
    address = f"http://127.0.0.1:{arguments.port}"
    sys.stdout.write(
        f"The practice site is at {address}; {address}/practice/ makes accounts, exports cookies, lists posts.\n"
        f"Where you use TOP_N: export TOPN_ZHIHU_WRITE_URL={address} TOPN_ZHIHU_HOME_URL={address}\n"
    )
    sys.stdout.flush()
    uvicorn.run(
        create_app(options),
        host="127.0.0.1",
        port=arguments.port,
        log_level="warning",
        http="h11",
        ws="none",
        # Chromium sends a request again by itself, a POST too, when a connection it has used before is cut
        # without an answer. With a connection for each request, one click is one request.
        headers=[] if arguments.keep_connections else [("connection", "close")],
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
