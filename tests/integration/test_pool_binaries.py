"""Finding the browser and its driver: what is missing, too old or does not fit is named with the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.browser.browser_binary import BrowserBinary, BrowserKind, find_browser, find_driver
from core.browser.browser_options import BrowserOptions
from core.browser.driver_process import DriverProcess
from core.browser.webdriver_pool import WebDriverPool
from core.errors import ServiceUnavailable
from tests.conftest import require_program


def program(path: Path, script: str) -> Path:
    """A program that does what the shell script says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_the_machines_own_browser_and_driver_fit() -> None:
    require_program("chromium-headless-shell", "chromium", "google-chrome")
    require_program("chromedriver")
    browser = find_browser()
    assert browser.path.is_file()
    assert browser.major >= 120
    assert find_driver(browser).major == browser.major


def test_the_chosen_browser_wins(tmp_path: Path) -> None:
    chosen = program(tmp_path / "my-chrome", "echo Google Chrome 140.0.7339.80 beta")
    found = find_browser(BrowserOptions(browser=str(chosen)))
    assert found == BrowserBinary(chosen, "140.0.7339.80", BrowserKind.CHROMIUM)
    shell = program(tmp_path / "chrome-headless-shell", "echo Chromium 140.0.7339.80")
    assert find_browser(BrowserOptions(browser=str(shell))).kind is BrowserKind.HEADLESS_SHELL


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo Chromium 119.0.6045.105", r"version 119\.0\.6045\.105; 120 or newer.*apt-get install"),
        ("echo error while loading shared libraries >&2; exit 127", "printed no version.*shared libraries"),
        (None, "TOPN_BROWSER names .*not a program that can be run"),
    ],
)
def test_a_browser_that_will_not_do_is_named(tmp_path: Path, script: str | None, told: str) -> None:
    path = tmp_path / "browser"
    if script is not None:
        program(path, script)
    options = BrowserOptions(browser=str(path))
    with pytest.raises(ServiceUnavailable, match=told):
        find_browser(options)
    pool = WebDriverPool(1, worker_id="host:1:a", run_dir=tmp_path / "run", options=options)
    with pytest.raises(ServiceUnavailable, match=told), pool.lease(1, timeout=5):
        pass
    assert (pool.get_stats().busy, pool.get_stats().created) == (0, 0)
    pool.close(1)
    assert list((tmp_path / "run").rglob("*")) == []


def test_majors_of_browser_and_driver_must_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "chromedriver", "echo ChromeDriver 141.0.1.2 abc")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    browser = BrowserBinary(Path("/usr/bin/some-browser"), "140.0.3.4", BrowserKind.CHROMIUM)
    with pytest.raises(ServiceUnavailable, match=r"141\.0\.1\.2 but .*some-browser is 140\.0\.3\.4.*same major"):
        find_driver(browser)


@pytest.mark.parametrize(("taken", "is_well"), [(4, True), (5, False)])
def test_a_driver_whose_port_is_taken_is_started_again(tmp_path: Path, taken: int, is_well: bool) -> None:
    tries = f"echo >>tries; if [ $(wc -l <tries) -le {taken} ]; then echo IPv4 port not available.; exit 1; fi"
    driver = program(tmp_path / "chromedriver", f"{tries}\necho was started successfully on port 9\nexec sleep 60")
    folder = tmp_path / "run"
    folder.mkdir()
    process = DriverProcess(driver, folder, "host:1:a", BrowserKind.HEADLESS_SHELL)
    try:
        if is_well:
            assert process.wait_for_url(10) == "http://127.0.0.1:9"
        else:
            with pytest.raises(ServiceUnavailable, match="port not available"):
                process.wait_for_url(10)
    finally:
        process.end()
    assert not folder.exists()


@pytest.mark.parametrize(
    "script", ["exit 1", "echo was started successfully on port 9"], ids=["ends", "ends with a port"]
)
def test_a_driver_that_ends_at_once_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    version = "case $1 in --version) echo ChromeDriver 140.0.1.2; exit;; esac"
    program(tmp_path / "bin" / "chromedriver", f"{version}\n{script}")
    browser = program(tmp_path / "bin" / "chromium", "echo Chromium 140.0.1.2")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    run_dir = tmp_path / "run"
    pool = WebDriverPool(1, worker_id="host:1:a", run_dir=run_dir, options=BrowserOptions(browser=str(browser)))
    with pytest.raises(ServiceUnavailable, match="did not start"), pool.lease(1, timeout=5):
        pass
    pool.close(1)
    assert list(run_dir.rglob("*")) == []
