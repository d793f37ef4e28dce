"""The four forms in which people get cookies out of a browser, read into `Cookie` values."""

from __future__ import annotations

import json
import re
from typing import Final

from core.cookie import Cookie
from core.errors import Fault, InvalidInput

MAX_COOKIE_TEXT: Final = 1_000_000
"""Characters. A whole browser's cookies are far less; an export of one site has about 10,000."""

_FIELD: Final = "cookies"
_SAME_SITE: Final = {"strict": "Strict", "lax": "Lax", "none": "None", "no_restriction": "None"}
"""The words of all formats. Any other, such as `unspecified`, leaves the browser's default."""
_NETSCAPE_COLUMNS: Final = 7
_HTTP_ONLY: Final = "#HttpOnly_"
_MILLISECONDS_FROM: Final = 100_000_000_000
"""As seconds this is the year 5138: a larger time is meant in milliseconds."""
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_BROKEN_VALUE: Final = re.compile(r"[\x00-\x1f\x7f;]")
_RAW: Final = re.compile(r"(?:cookie:\s*)?[^\s=;]+=[^;]*(?:;\s*[^\s=;]+=[^;]*)*;?", re.IGNORECASE)
_KNOWN: Final = (
    "Hand in a JSON export of Cookie-Editor or EditThisCookie, a cookies.txt, a Playwright storage state, "
    "or a line such as `z_c0=…; d_c0=…`."
)


def parse_cookies(text: str, *, default_domain: str = "") -> tuple[Cookie, ...]:
    """Read cookies in any of the four formats; of two with the same name and place, the later counts.

    `default_domain` is given to cookies of a raw line, which names none. Raises InvalidInput.
    """
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise _refusal("the cookies are empty.", _KNOWN)
    if len(text) > MAX_COOKIE_TEXT:
        raise _refusal(f"{len(text):,} characters are too many.", "Export the cookies of this site only.")
    if text[0] in "[{":
        cookies = _from_json(text)
    elif "\t" in text:
        cookies = _from_netscape(text)
    elif _RAW.fullmatch(text):
        cookies = _from_raw(text, default_domain)
    else:
        raise _refusal("the format is not recognised.", _KNOWN)
    if not cookies:
        raise _refusal("there is no cookie in it.", "Sign in to the site in your browser, then export again.")
    return tuple({(cookie.name, cookie.domain, cookie.path): cookie for cookie in cookies}.values())


def _from_json(text: str) -> list[Cookie]:
    """A list of cookies (Cookie-Editor, EditThisCookie), or an object that holds one (Playwright)."""
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise _refusal("the JSON is nested too deeply.", _KNOWN) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        reason = f"the JSON is broken at {place}: {error.msg}."
        raise _refusal(reason, "Export again and hand in the whole file.") from error
    if isinstance(value, dict):
        value = value.get("cookies")
    if not isinstance(value, list):
        raise _refusal("the JSON holds no list of cookies.", _KNOWN)
    return [_from_entry(entry, number) for number, entry in enumerate(value, 1)]


def _from_entry(entry: object, number: int) -> Cookie:
    place = f"cookie {number}"
    if not isinstance(entry, dict):
        raise _refusal(f"{place} is not an object.", _KNOWN)
    missing = [key for key in ("name", "value", "domain") if not isinstance(entry.get(key), str)]
    if missing:
        raise _refusal(f"{place} has no {' and no '.join(missing)} as text.", "Export again.")
    expires = entry.get("expirationDate", entry.get("expires"))
    return _cookie(
        place,
        name=entry["name"],
        value=entry["value"],
        domain=entry["domain"],
        path=str(entry.get("path") or "/"),
        expires=None if entry.get("session") is True else _seconds(expires, place),
        secure=entry.get("secure") is True,
        http_only=entry.get("httpOnly") is True,
        same_site=_SAME_SITE.get(str(entry.get("sameSite")).lower()),
    )


def _from_netscape(text: str) -> list[Cookie]:
    """Seven columns with tabs between: domain, its subdomains too, path, secure, expires, name, value."""
    cookies = []
    for number, line in enumerate(text.splitlines(), 1):
        row = line.removeprefix(_HTTP_ONLY)
        if not row.strip() or (row.startswith("#") and row == line):
            continue
        columns = row.split("\t")
        if len(columns) == _NETSCAPE_COLUMNS - 1:
            columns.append("")  # An empty value whose tab was lost with the white space at the line's end.
        place = f"line {number}"
        if len(columns) != _NETSCAPE_COLUMNS:
            reason = f"{place} has {len(columns)} columns instead of {_NETSCAPE_COLUMNS}."
            raise _refusal(reason, "Hand in the cookies.txt as it was exported, with its tabs.")
        domain, _subdomains, path, secure, expires, name, value = columns
        cookie = _cookie(
            place,
            name=name,
            value=value,
            domain=domain,
            path=path or "/",
            expires=_seconds(expires, place),
            secure=secure.upper() == "TRUE",
            http_only=row != line,
            same_site=None,
        )
        cookies.append(cookie)
    return cookies


def _from_raw(text: str, default_domain: str) -> list[Cookie]:
    """`k=v; k=v`, as in a request's header."""
    if not default_domain:
        raise _refusal("a line of `name=value` pairs does not say which site they belong to.", _KNOWN)
    pairs = re.sub(r"^cookie:\s*", "", text, flags=re.IGNORECASE).split(";")
    split = [pair.strip().partition("=") for pair in pairs if pair.strip()]
    return [
        _cookie(f"cookie {number}", name=name.strip(), value=value.strip(), domain=default_domain)
        for number, (name, _equals, value) in enumerate(split, 1)
    ]


def _cookie(  # noqa: PLR0913 a cookie has so many attributes
    place: str,
    *,
    name: str,
    value: str,
    domain: str,
    path: str = "/",
    expires: int | None = None,
    secure: bool = False,
    http_only: bool = False,
    same_site: str | None = None,
) -> Cookie:
    if not _NAME.fullmatch(name):
        raise _refusal(f"{place}: {name[:40]!r} cannot be a cookie's name.", "Export again.")
    if _BROKEN_VALUE.search(value):
        raise _refusal(f"{place}: the value of {name} holds a character that no cookie has.", "Export again.")
    domain = domain.strip().lower()
    if not domain.strip("."):
        raise _refusal(f"{place}: {name} has no domain.", "Export again.")
    # Browsers refuse SameSite=None without Secure; the default serves as well here, where nothing is foreign.
    same_site = None if same_site == "None" and not secure else same_site
    return Cookie(name, value, domain, path, expires, secure, http_only, same_site)


def _seconds(value: object, place: str) -> int | None:
    """An end in Unix seconds. Nothing, 0 or -1 means: with the session."""
    if value in (None, "", 0, -1, "0", "-1"):
        return None
    try:
        seconds = int(float(str(value)))
    except (ValueError, OverflowError) as error:
        raise _refusal(f"{place}: {str(value)[:40]!r} is not a time in seconds.", "Export again.") from error
    return seconds // 1000 if seconds >= _MILLISECONDS_FROM else seconds


def _refusal(reason: str, remedy: str) -> InvalidInput:
    return InvalidInput([Fault(_FIELD, reason, remedy)])
