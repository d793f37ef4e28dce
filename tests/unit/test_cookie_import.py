"""Cookies in four formats, and the sets that are refused."""

from __future__ import annotations

import json
import time

import pytest

from core.cookie import Cookie, cookies_from_json, cookies_to_json
from core.errors import InvalidInput
from core.publishing.cookie_import import accept_cookies, allowed_hosts, default_domain, parse_cookies

LATER = int(time.time()) + 86_400
HOSTS = allowed_hosts("https://zhuanlan.zhihu.com", "https://www.zhihu.com")

COOKIE_EDITOR = json.dumps(
    [
        {"domain": ".zhihu.com", "expirationDate": LATER + 0.5, "hostOnly": False, "httpOnly": True, "name": "z_c0",
         "path": "/", "sameSite": "no_restriction", "secure": True, "session": False, "storeId": "0", "value": "2|1:0"},
        {"domain": ".zhihu.com", "name": "d_c0", "value": "a b\"c", "sameSite": "unspecified", "session": True,
         "expirationDate": LATER},
        {"domain": "www.zhihu.com", "name": "_xsrf", "value": "", "sameSite": "lax", "path": "/x"},
    ]
)  # fmt: skip
NETSCAPE = f"""# Netscape HTTP Cookie File
# a comment

#HttpOnly_.zhihu.com\tTRUE\t/\tTRUE\t{LATER}\tz_c0\t2|1:0
.zhihu.com\tTRUE\t/\tFALSE\t0\td_c0\tabc=
www.zhihu.com\tFALSE\t/\tFALSE\t0\t_xsrf\t"""
PLAYWRIGHT = json.dumps(
    {
        "cookies": [
            {"name": "z_c0", "value": "v", "domain": ".zhihu.com", "path": "/", "expires": LATER, "httpOnly": True,
             "secure": True, "sameSite": "Lax"},
            {"name": "d_c0", "value": "d", "domain": ".zhihu.com", "path": "/", "expires": -1, "sameSite": "None"},
        ],
        "origins": [],
    }
)  # fmt: skip


def refusal(text: str, **options: str) -> str:
    """The sentence with which the text is refused."""
    with pytest.raises(InvalidInput) as caught:
        parse_cookies(text, **options)
    assert caught.value.faults[0].remedy
    return str(caught.value)


def test_cookie_editor() -> None:
    assert parse_cookies("\ufeff" + COOKIE_EDITOR) == (
        Cookie("z_c0", "2|1:0", ".zhihu.com", "/", LATER, True, True, "None"),
        Cookie("d_c0", 'a b"c', ".zhihu.com"),
        Cookie("_xsrf", "", "www.zhihu.com", "/x", same_site="Lax"),
    )


def test_netscape() -> None:
    assert parse_cookies(NETSCAPE) == (
        Cookie("z_c0", "2|1:0", ".zhihu.com", "/", LATER, True, True),
        Cookie("d_c0", "abc=", ".zhihu.com"),
        Cookie("_xsrf", "", "www.zhihu.com"),
    )


def test_playwright() -> None:
    z_c0, d_c0 = parse_cookies(PLAYWRIGHT)
    assert z_c0 == Cookie("z_c0", "v", ".zhihu.com", "/", LATER, True, True, "Lax")
    assert d_c0.expires is None
    assert d_c0.same_site is None, "SameSite=None without Secure would be refused by the browser"


@pytest.mark.parametrize("text", ["z_c0=2|1:0=; d_c0=abc", "Cookie: z_c0=2|1:0=;d_c0=abc;"])
def test_raw(text: str) -> None:
    domain = default_domain(HOSTS)
    assert domain == ".zhihu.com"
    assert parse_cookies(text, default_domain=domain) == (
        Cookie("z_c0", "2|1:0=", ".zhihu.com"),
        Cookie("d_c0", "abc", ".zhihu.com"),
    )


def test_times_in_milliseconds_are_understood() -> None:
    entry = {"name": "a", "value": "b", "domain": "x.y", "expires": LATER * 1000}
    assert parse_cookies(json.dumps([entry]))[0].expires == LATER


def test_the_later_of_two_equal_ones_counts() -> None:
    assert [cookie.value for cookie in parse_cookies("a=1; a=2", default_domain="x.y")] == ["2"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "empty"),
        ("hello world", "not recognised"),
        ("<html></html>", "not recognised"),
        ('[\n {"name": "a",}\n]', "line 2, column 15"),
        ("[" * 100_000, "JSON"),
        ('{"a": 1}', "no list of cookies"),
        ("[]", "no cookie"),
        ("[1]", "cookie 1 is not an object"),
        ('[{"name": "a"}]', "no value and no domain"),
        ('[{"name": "a", "value": 1, "domain": "x"}]', "no value"),
        ('[{"name": "a", "value": "v", "domain": "x.y", "expires": "soon"}]', "'soon' is not a time"),
        ('[{"name": "a b", "value": "v", "domain": "x.y"}]', "cannot be a cookie's name"),
        ('[{"name": "a", "value": "v\\r\\nSet-Cookie: x", "domain": "x.y"}]', "holds a character"),
        ('[{"name": "a", "value": "v", "domain": "."}]', "no domain"),
        ("# Netscape\n.zhihu.com\tTRUE\t/\n", "line 2 has 3 columns"),
        ("z_c0=abc", "which site"),
        ("x" * 1_000_001, "too many"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, named: str) -> None:
    assert named in refusal(text)


def test_allowed_hosts_have_a_common_parent_of_their_own() -> None:
    assert HOSTS == ("zhihu.com", "zhuanlan.zhihu.com", "www.zhihu.com")
    assert allowed_hosts("http://127.0.0.1:8000", "http://127.0.0.1:9000") == ("127.0.0.1",)
    assert allowed_hosts("http://localhost:1") == ("localhost",)
    assert allowed_hosts("https://a.com", "https://b.com") == ("a.com", "b.com")
    assert allowed_hosts("https://www.zhihu.com") == ("zhihu.com", "www.zhihu.com")
    assert default_domain(("127.0.0.1",)) == "127.0.0.1"


def test_only_cookies_of_the_allowed_hosts_are_kept() -> None:
    cookies = (
        Cookie("z_c0", "v", ".zhihu.com"),
        Cookie("d_c0", "v", "www.zhihu.com"),
        Cookie("old", "v", ".zhihu.com", expires=1),
        Cookie("sid", "v", ".example.com"),
        Cookie("evil", "v", "notzhihu.com"),
        Cookie("deep", "v", "a.b.zhihu.com"),
    )
    assert [cookie.name for cookie in accept_cookies(cookies, HOSTS)] == ["z_c0", "d_c0"]


@pytest.mark.parametrize(
    ("cookies", "named"),
    [
        ((Cookie("d_c0", "v", ".zhihu.com"),), "z_c0, which is the sign-in itself, is missing"),
        ((Cookie("z_c0", "", ".zhihu.com"),), "is missing"),
        ((Cookie("z_c0", "v", ".zhihu.com", expires=1_700_000_000),), "expired on 2023-11-14 at 22:13 UTC"),
        ((Cookie("z_c0", "v", "www.zhihu.com"),), "zhuanlan.zhihu.com would not get it"),
        ((Cookie("z_c0", "v", ".example.com"),), "found: example.com"),
    ],
)
def test_a_set_that_is_no_sign_in_is_refused(cookies: tuple[Cookie, ...], named: str) -> None:
    with pytest.raises(InvalidInput, match=named.replace(".", r"\.")) as caught:
        accept_cookies(cookies, HOSTS)
    assert caught.value.faults[0].remedy


def test_a_sign_in_for_each_host_will_do() -> None:
    both = (Cookie("z_c0", "v", "www.zhihu.com"), Cookie("z_c0", "v", "zhuanlan.zhihu.com"))
    assert accept_cookies(both, HOSTS) == both


def test_the_refusals_never_show_a_value() -> None:
    secret = "s3cr3t-value"
    for text in (f"z_c0={secret}", f'[{{"name": "z_c0", "value": "{secret}\\n", "domain": "x"}}]'):
        assert secret not in refusal(text)


def test_what_was_accepted_survives_the_store() -> None:
    kept = accept_cookies(parse_cookies(COOKIE_EDITOR), HOSTS)
    assert set(cookies_from_json(cookies_to_json(kept))) == set(kept)
