"""Keeps secrets out of what is shown to people: a second net, should one ever come into a log line."""

from __future__ import annotations

import re

HIDDEN = "***"

_SECRET_NAME = re.compile(r"(?i)cookie|passw|secret|token|authorization|api_?key")
_SECRET_TEXTS = (
    # A password in an address.
    (re.compile(r"(?<=://)[^/\s:@]*:[^@\s/]+@"), f"{HIDDEN}@"),
    (re.compile(r"(?i)\bbearer\s+\S+"), f"Bearer {HIDDEN}"),
    # Our own tokens, and what the vault seals.
    (re.compile(r"\btopn_[\w-]{16,}"), HIDDEN),
    (re.compile(r"\bgAAAA[\w=-]{20,}"), HIDDEN),
    # `z_c0=…`, `"password": "…"` and their like, in headers, exports of cookies and tracebacks.
    (
        re.compile(r"(?i)(\b(?:set-)?cookie|\bpassw\w*|\bsecret\w*|\btoken|z_c0|_xsrf|d_c0)(['\"]?\s*[=:]\s*['\"]?)[^\s;,'\"}]+"),
        rf"\1\2{HIDDEN}",
    ),
)  # fmt: skip


def hide_secrets(text: str) -> str:
    """The text without whatever looks like a password, a cookie or a token."""
    for shape, instead in _SECRET_TEXTS:
        text = shape.sub(instead, text)
    return text


def is_secret_name(name: str) -> bool:
    """Whether a fact of this name may hold a secret."""
    return _SECRET_NAME.search(name) is not None
