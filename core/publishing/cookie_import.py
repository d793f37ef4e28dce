"""Cookies that a person hands in for an account: which of them are kept, and when they are refused."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from core.cookie import Cookie
from core.errors import Fault, InvalidInput
from core.publishing.cookie_formats import parse_cookies

__all__ = ["accept_cookies", "allowed_hosts", "default_domain", "ends_at", "parse_cookies"]

SIGN_IN_COOKIE: Final = "z_c0"
"""The one that is the sign-in itself."""
FEWEST_LABELS: Final = 2
"""A parent domain must have as many labels: `com` is nobody's own."""


def allowed_hosts(*addresses: str) -> tuple[str, ...]:
    """The hosts of a platform's addresses and before them, when there is one, their common parent domain."""
    hosts = tuple(dict.fromkeys(urlsplit(address).hostname or "" for address in addresses))
    parent = _common_parent(hosts)
    return tuple(dict.fromkeys((parent, *hosts))) if parent else hosts


def default_domain(hosts: Sequence[str]) -> str:
    """The domain for cookies that name none: it reaches every one of `allowed_hosts`."""
    return hosts[0] if _is_address(hosts[0]) or len(hosts) == 1 else f".{hosts[0]}"


def ends_at(cookies: Iterable[Cookie]) -> datetime | None:
    """When the site stops to know this sign-in, if nothing renews it; None: the cookies do not tell."""
    ends = [cookie.expires for cookie in cookies if cookie.name == SIGN_IN_COOKIE]
    if not ends or any(end is None for end in ends):
        return None
    return datetime.fromtimestamp(max(end for end in ends if end is not None), UTC)


def accept_cookies(
    cookies: Sequence[Cookie], allowed_hosts: Sequence[str], required: Sequence[str] = (SIGN_IN_COOKIE,)
) -> tuple[Cookie, ...]:
    """Keep the cookies of the allowed hosts, and refuse a set that cannot be a sign-in.

    Raises InvalidInput when a required cookie is missing, empty, expired, or kept from one of the hosts.
    """
    kept = tuple(cookie for cookie in cookies if cookie.domain.lstrip(".") in allowed_hosts)
    if not kept:
        found = ", ".join(sorted({cookie.domain.lstrip(".") for cookie in cookies})[:5]) or "none"
        reason = f"none of the cookies belongs to {' or '.join(allowed_hosts)} (found: {found})."
        raise _refusal(reason, "Export them while the site's own page is open.")
    faults = [fault for name in required if (fault := _fault_of(name, kept, allowed_hosts))]
    if faults:
        raise InvalidInput(faults)
    now = time.time()
    return tuple(cookie for cookie in kept if cookie.expires is None or cookie.expires > now)


def _fault_of(name: str, kept: Sequence[Cookie], hosts: Sequence[str]) -> Fault | None:
    found = [cookie for cookie in kept if cookie.name == name]
    if not any(cookie.value for cookie in found):
        reason = f"the cookie {name}, which is the sign-in itself, is missing."
        remedy = "Sign in to the site in your browser, then export all its cookies, HttpOnly ones too."
        return Fault("cookies", reason, remedy)
    living = [cookie for cookie in found if cookie.expires is None or cookie.expires > time.time()]
    if not living:
        ended = datetime.fromtimestamp(max(cookie.expires or 0 for cookie in found), UTC)
        reason = f"the sign-in {name} expired on {ended:%Y-%m-%d at %H:%M} UTC."
        return Fault("cookies", reason, "Sign in to the site again, then export the cookies.")
    leaves = [host for host in hosts if not any(_is_below(other, host) for other in hosts)]
    unreached = [host for host in leaves if not any(_reaches(cookie, host) for cookie in living)]
    if unreached:
        reason = f"the sign-in {name} belongs to {living[0].domain} only; {unreached[0]} would not get it."
        remedy = f"Export it with the domain {default_domain(hosts)}, as the site sets it."
        return Fault("cookies", reason, remedy)
    return None


def _reaches(cookie: Cookie, host: str) -> bool:
    domain = cookie.domain.lstrip(".")
    return host == domain or _is_below(host, domain)


def _is_below(host: str, domain: str) -> bool:
    return host.endswith(f".{domain}")


def _common_parent(hosts: Sequence[str]) -> str:
    """`zhihu.com` for `zhuanlan.zhihu.com` and `www.zhihu.com`; nothing for IP addresses and bare names."""
    if any(_is_address(host) for host in hosts):
        return ""
    labels: list[str] = []
    for column in zip(*(reversed(host.split(".")) for host in hosts), strict=False):
        if len(set(column)) > 1:
            break
        labels.insert(0, column[0])
    if len(hosts) == 1:
        labels = labels[1:]
    return ".".join(labels) if len(labels) >= FEWEST_LABELS else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _refusal(reason: str, remedy: str) -> InvalidInput:
    return InvalidInput([Fault("cookies", reason, remedy)])
