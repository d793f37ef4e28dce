"""What one article costs: warm contexts of the pool against a new browser for each article, in the same run.

The practice site's editor stands in for Zhihu's; its server shares this machine's cores.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.browser.webdriver_pool import WebDriverPool
from core.cookie import Cookie
from core.publishing.content import render
from core.publishing.publisher import Article, Published
from core.publishing.zhihu import ZhihuPublisher
from tests.practice_site.client import PracticeClient
from tests.practice_site.server import PracticeSite

BROWSERS = 4
ARTICLES = 32
REPEATS = 3
BODY = "## 标题\n\n" + "一段**有重点**的正文,带[链接](https://example.com)和 `代码`。\n\n" * 20


class SilentProgress:
    """The bench keeps no record of drafts."""

    def draft_created(self, draft_id: str) -> None:
        """Nothing to keep."""

    def content_written(self) -> None:
        """Nothing to keep."""


class OneAccount:
    """An account on the site and articles published to it one by one."""

    def __init__(self, site_url: str, name: str) -> None:
        account = PracticeClient(site_url).make_account(name)
        self.cookies = tuple(
            Cookie(name=each["name"], value=each["value"], domain="127.0.0.1") for each in account.cookies
        )
        self._publisher = ZhihuPublisher(site_url, site_url)
        rendered = render(BODY)
        self._html, self._length = rendered.html, rendered.text_length

    def publish(self, pool: WebDriverPool, owner: int, number: int) -> float:
        """Publish one article; the seconds it took. Raises AssertionError when it did not get online."""
        started = time.monotonic()
        with pool.lease(owner, timeout=300) as browser:
            if not browser.is_warm:
                browser.set_cookies(self.cookies)
            article = Article(f"测量 {owner} 第 {number} 篇", self._html, self._length)
            draft = self._publisher.write_draft(browser, article, None, SilentProgress())
            outcome = self._publisher.submit(browser, draft)
        if not isinstance(outcome, Published):
            raise AssertionError(f"not published: {outcome}")
        return time.monotonic() - started


def measure(site_url: str, folder: Path, run: str, *, max_leases: int) -> tuple[float, list[float]]:
    """Articles a minute, and the seconds of each article, with this many leases per browser."""
    accounts = [OneAccount(site_url, f"{run}-{number}") for number in range(BROWSERS)]
    pool = WebDriverPool(BROWSERS, worker_id=f"bench:1:{run}", run_dir=folder, max_leases=max_leases)
    try:
        for owner, account in enumerate(accounts, start=1):
            account.publish(pool, owner, 0)
        started = time.monotonic()
        with ThreadPoolExecutor(BROWSERS) as threads:
            seconds = list(
                threads.map(
                    lambda number: accounts[number % BROWSERS].publish(pool, number % BROWSERS + 1, number),
                    range(1, ARTICLES + 1),
                )
            )
        return ARTICLES / (time.monotonic() - started) * 60, seconds
    finally:
        pool.close(30)


def main() -> None:
    """Print medians with the spread over the repeats, the two ways taken in turns."""
    with tempfile.TemporaryDirectory(prefix="topn-bench-") as name:
        folder = Path(name)
        site = PracticeSite(folder / "site")
        site.start()
        rates: dict[str, list[float]] = {"new browser each": [], "warm contexts": []}
        waits: dict[str, list[float]] = {way: [] for way in rates}
        try:
            for repeat in range(REPEATS):
                for way, max_leases in (("new browser each", 1), ("warm contexts", 10_000)):
                    run = f"{'new' if max_leases == 1 else 'warm'}{repeat}"
                    rate, seconds = measure(site.url, folder / "run", run, max_leases=max_leases)
                    rates[way].append(rate)
                    waits[way] += seconds
        finally:
            site.stop()
    for way, values in rates.items():
        sys.stdout.write(
            f"{way:<17} {statistics.median(values):6.1f} articles/min (from {min(values):.1f} to {max(values):.1f}), "
            f"{statistics.median(waits[way]):.2f} s each (median of {len(waits[way])})\n"
        )
    ratio = statistics.median(rates["warm contexts"]) / statistics.median(rates["new browser each"])
    sys.stdout.write(
        f"{BROWSERS} browsers, {ARTICLES} articles, {REPEATS} repeats; warm is {ratio:.1f} times as fast\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
