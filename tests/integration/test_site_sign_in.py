"""Signing in to the practice site with a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.practice_site.browser_visitor import BrowserVisitor
from tests.practice_site.client import PracticeAccount, PracticeClient
from tests.practice_site.http_visitor import HttpVisitor

MakeVisitor = Callable[[PracticeAccount | None], HttpVisitor]
LOGIN = "/api/v3/account/api/login/qrcode"


def test_a_code_is_scanned_confirmed_and_becomes_a_session(
    visitor_of: MakeVisitor, practice_site: PracticeClient
) -> None:
    account = practice_site.make_account("chen")
    visitor = visitor_of(None)
    visitor.call("POST", "/udid")
    code = visitor.call("POST", LOGIN).json()
    image = visitor.get(f"{LOGIN}/{code['token']}/image")
    assert image.headers["content-type"] == "image/svg+xml"
    path = f"{LOGIN}/{code['token']}/scan_info"
    assert visitor.get(path).json() == {"status": 0}
    practice_site.scan(code["token"])
    assert visitor.get(path).json() == {"status": 1}
    practice_site.scan(code["token"], confirm_as=account)
    assert visitor.get(path).json() == {"user_id": account.id, "login_status": "CONFIRMED"}
    assert visitor.get("/api/v4/me").json()["name"] == "chen"
    assert visitor.create_draft()


def test_an_unknown_code_is_not_there(visitor_of: MakeVisitor) -> None:
    assert visitor_of(None).get(f"{LOGIN}/nothing/scan_info").status_code == 404


@pytest.mark.browser
def test_the_page_shows_a_code_and_goes_on_when_the_phone_confirms(
    browser_visitor: BrowserVisitor, practice_site: PracticeClient
) -> None:
    account = practice_site.make_account("chen")
    browser_visitor.driver.get(f"{browser_visitor.url}/write")
    assert browser_visitor.path == "/signin"
    browser_visitor.wait(lambda: bool(browser_visitor.all("img.Qrcode-qrcode")), "a code shows")
    assert browser_visitor.all(".SignFlow-qrcodeTab")
    practice_site.scan(practice_site.qr_codes()[0]["token"], confirm_as=account)
    browser_visitor.wait_path("/write")
