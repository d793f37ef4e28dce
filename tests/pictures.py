"""Pictures for tests that only need one, or one of a certain size."""

from __future__ import annotations

import base64
from io import BytesIO

from PIL import Image

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""One dot."""


def picture(width: int, height: int, color: str | int = "teal", *, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """One of this size, in one colour."""
    data = BytesIO()
    Image.new(mode, (width, height), color).save(data, kind)
    return data.getvalue()


def opened(data: bytes) -> Image.Image:
    """To look at its size and its pixels."""
    return Image.open(BytesIO(data))
