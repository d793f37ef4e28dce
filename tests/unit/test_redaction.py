"""Secrets do not reach what people are shown."""

from __future__ import annotations

import pytest

from core.redaction import hide_secrets, is_secret_name

CANARY = "c4n4ry0123456789abcdef"


@pytest.mark.parametrize(
    "text",
    [
        f"mysql+pymysql://topn:{CANARY}@db/topn cannot be reached",
        f"redis://:{CANARY}@cache:6379/0",
        f"Authorization: Bearer {CANARY}",
        f"a request with topn_{CANARY} was refused",
        f"cannot read gAAAAAB{CANARY}==",
        f"Cookie: z_c0={CANARY}; d_c0={CANARY}",
        f'{{"name": "x", "password": "{CANARY}"}}',
        f"Set-Cookie: _xsrf={CANARY}",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert CANARY not in hide_secrets(text)
    assert "***" in hide_secrets(text)


@pytest.mark.parametrize(
    "text",
    ["The title is too long (120 > 100).", "https://zhuanlan.zhihu.com/p/12345/edit", "browser refused a cookie"],
)
def test_everything_else_stays(text: str) -> None:
    assert hide_secrets(text) == text


def test_names_of_secrets() -> None:
    assert all(map(is_secret_name, ("cookies", "password", "Authorization", "api_token", "SECRET_KEYS")))
    assert not any(map(is_secret_name, ("title", "public_id", "reason", "step")))
