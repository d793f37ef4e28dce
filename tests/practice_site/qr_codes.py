"""Signing in with a phone: codes that wait to be scanned, and their pictures."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.practice_site.records import now

LIFETIME_SECONDS = 120
MODULES = 25
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")


@dataclass(slots=True)
class QrCode:
    """A code on somebody's screen. The phone scans it, then confirms it as an account."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    expires_at: datetime = field(default_factory=lambda: now() + timedelta(seconds=LIFETIME_SECONDS))
    is_scanned: bool = False
    account_id: str | None = None

    @property
    def is_expired(self) -> bool:
        return now() >= self.expires_at

    def picture(self) -> bytes:
        """An SVG that looks like a QR code and differs by token; no phone can read it."""
        bits = int.from_bytes(hashlib.shake_256(self.token.encode()).digest(MODULES * MODULES // 8 + 1), "big")
        cells = [[(bits >> (row * MODULES + col)) & 1 for col in range(MODULES)] for row in range(MODULES)]
        for top, left in ((0, 0), (0, MODULES - 7), (MODULES - 7, 0)):
            _draw_finder(cells, top, left)
        path = "".join(
            f"M{col + 2} {row + 2}h1v1h-1z" for row, line in enumerate(cells) for col, bit in enumerate(line) if bit
        )
        side = MODULES + 4
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="232" height="232" viewBox="0 0 {side} {side}" '
            f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/>'
            f'<path d="{path}" fill="#121212"/></svg>'
        ).encode()


def _draw_finder(cells: list[list[int]], top: int, left: int) -> None:
    for row in range(-1, 8):
        for col in range(-1, 8):
            y, x = top + row, left + col
            if 0 <= y < MODULES and 0 <= x < MODULES:
                is_inside = 0 <= row < 7 and 0 <= col < 7
                cells[y][x] = int(FINDER[row][col]) if is_inside else 0


class QrCodes:
    """The codes shown since the start."""

    def __init__(self) -> None:
        self._codes: dict[str, QrCode] = {}

    def clear(self) -> None:
        """Forget all."""
        self._codes.clear()

    def add(self) -> QrCode:
        """A new code."""
        code = QrCode()
        self._codes[code.token] = code
        return code

    def get(self, token: str) -> QrCode | None:
        """The code of this token, expired or not."""
        return self._codes.get(token)

    def open(self) -> list[QrCode]:
        """Those that can still be scanned or confirmed, oldest first."""
        return [code for code in self._codes.values() if not code.is_expired and code.account_id is None]
