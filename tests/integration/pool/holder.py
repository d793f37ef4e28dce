"""A process of its own that holds browsers, to be killed."""

from __future__ import annotations

import json
import subprocess
import sys

from core.browser.browser_options import BrowserOptions
from core.settings import ROOT
from tests.integration.pool.pool_home import PoolHome

HOLDER = """
import json, sys, time
from pathlib import Path
from core.browser.browser_options import BrowserOptions
from core.browser.webdriver_pool import WebDriverPool
url, arguments = json.loads(sys.argv[3])
options = BrowserOptions(selenium_url=url, extra_arguments=tuple(arguments))
pool = WebDriverPool(2, worker_id=sys.argv[2], run_dir=Path(sys.argv[1]), min_free_memory_mb=0, options=options)
with pool.lease(1, timeout=30):
    with pool.lease(2, timeout=30):
        pass
    print("held", flush=True)
    time.sleep(600)
"""


def start_holder(
    home: PoolHome,
    worker_id: str,
    options: BrowserOptions = BrowserOptions(),  # noqa: B008 never changed
) -> subprocess.Popen[str]:
    """Returns when it holds one browser and has another one ready."""
    where = json.dumps([options.selenium_url, options.extra_arguments])
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.run_dir), worker_id, where],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    for line in holder.stdout:
        if line.strip() == "held":
            return holder
    raise AssertionError("the holder ended before it held a browser")
