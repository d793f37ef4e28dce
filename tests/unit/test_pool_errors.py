"""Which errors mean that the browser is gone, and what the pool tells about itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.common.exceptions import (
    InvalidSessionIdException,
    JavascriptException,
    NoSuchElementException,
    NoSuchWindowException,
    TimeoutException,
    WebDriverException,
)
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError
from websocket import WebSocketConnectionClosedException, WebSocketTimeoutException

from core.browser.browser_errors import translate_browser_errors
from core.browser.browser_options import BrowserOptions
from core.browser.free_memory import MemoryFloor, free_memory_mb
from core.browser.pool_stats import LeaseWaits, MemoryMeter
from core.browser.webdriver import start_driver
from core.browser.worker_folder import WorkerFolder
from core.errors import BrowserLost, ServiceUnavailable
from core.settings import load_settings
from tests.servers.local_process import free_port


@pytest.mark.parametrize(
    "error",
    [
        InvalidSessionIdException("invalid session id"),
        NoSuchWindowException("no such window: target window already closed"),
        WebDriverException("unknown error: tab crashed\n  (Session info: chrome=156)"),
        WebDriverException("disconnected: not connected to DevTools"),
        WebDriverException("chrome not reachable"),
        MaxRetryError(None, "/session", None),  # type: ignore[arg-type]
        ReadTimeoutError(None, "/session", "read timed out"),  # type: ignore[arg-type]
        ProtocolError("Connection aborted."),
        ConnectionRefusedError(111, "Connection refused"),
        WebSocketConnectionClosedException("gone"),
        WebSocketTimeoutException("late"),
    ],
    ids=lambda error: f"{type(error).__name__}-{str(error)[:12]}",
)
def test_a_lost_browser_is_recognised(error: Exception) -> None:
    with pytest.raises(BrowserLost) as lost, translate_browser_errors():
        raise error
    assert lost.value.__cause__ is error
    assert "\n" not in lost.value.reason


@pytest.mark.parametrize(
    "error",
    [
        NoSuchElementException("no such element"),
        TimeoutException("timeout: Timed out receiving message from renderer"),
        JavascriptException("javascript error: the page's socket is disconnected"),
        WebDriverException("unknown error: net::ERR_CONNECTION_REFUSED"),
        ValueError("ours"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, translate_browser_errors():
        raise error
    assert raised.value is error


def test_the_page_times_out_before_the_driver_does() -> None:
    timeouts = BrowserOptions(http_timeout_seconds=60, page_load_seconds=60, script_seconds=20).timeouts_ms
    assert timeouts == {"pageLoad": 54000, "script": 20000, "implicit": 0}


def test_options_come_from_the_settings() -> None:
    settings = load_settings(browser="/opt/chrome", http_timeout_seconds=30, script_seconds=5)
    options = BrowserOptions.from_settings(settings)
    assert (options.browser, options.http_timeout_seconds, options.script_seconds) == ("/opt/chrome", 30, 5)
    assert (options.page_load_seconds, options.selenium_url) == (60, "")


def test_percentiles_of_waits() -> None:
    waits = LeaseWaits()
    assert waits.percentile(0.5) == 0
    for number in range(1, 101):
        waits.add(number)
    assert (waits.percentile(0.5), waits.percentile(0.95), waits.percentile(1)) == (50, 95, 100)


def test_memory_is_measured_once_in_a_while() -> None:
    now = [0.0]
    meter = MemoryMeter(10, lambda: now[0])
    measured: list[int] = []

    class Driver:
        def memory_bytes(self) -> int:
            measured.append(1)
            return 100

    drivers = [Driver(), Driver()]
    assert meter.read(drivers) == 200
    now[0] = 9.9
    assert meter.read(drivers) == 200
    assert len(measured) == 2
    now[0] = 10
    assert meter.read(drivers) == 200
    assert len(measured) == 4


def test_memory_floor() -> None:
    floor = MemoryFloor(300, lambda: 520)
    assert [floor.has_room(starting) for starting in (0, 1, 2)] == [True, True, False]
    assert "520 MB of memory are free and 300 MB must stay free" in str(floor.refusal())
    assert free_memory_mb() > 0


@pytest.mark.filterwarnings("ignore:Embedding username and password")  # Selenium's advice to whoever writes the URL
def test_the_password_of_a_remote_webdriver_is_told_to_nobody(tmp_path: Path) -> None:
    options = BrowserOptions(selenium_url=f"http://grid:s3cr3t@127.0.0.1:{free_port()}/wd/hub")
    with pytest.raises(ServiceUnavailable, match=r"WebDriver at http://127\.0\.0\.1") as refused:
        start_driver(options, WorkerFolder(tmp_path, "host:1:x"))
    told = str(refused.value)
    assert "s3cr3t" not in told
    assert "Connection(" not in told
    assert told.endswith("Connection refused. Check TOPN_SELENIUM_URL.")
