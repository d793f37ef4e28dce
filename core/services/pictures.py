"""Covers handed in: what a picture must be, found from its bytes and never from its name."""

from __future__ import annotations

from hashlib import sha256

from core.errors import Fault
from core.store.records import NewPicture

MAX_PICTURE_BYTES = 5 * 1024 * 1024


def media_type_of(data: bytes) -> str | None:
    """The type that the first bytes tell; None for what no site takes as a cover."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def cover_faults(data: bytes) -> list[Fault]:
    """What is wrong with a cover."""
    if len(data) > MAX_PICTURE_BYTES:
        limit = MAX_PICTURE_BYTES // 1024 // 1024
        return [Fault("cover", f"the picture has more than {limit} MB.", "Make it smaller.")]
    if media_type_of(data) is None:
        return [Fault("cover", "the file is neither a PNG, a JPEG nor a WebP picture.", "Save it as JPEG or PNG.")]
    return []


def picture_of(data: bytes) -> NewPicture:
    """A cover that `cover_faults` found nothing wrong with, ready for the store."""
    return NewPicture(sha256(data).hexdigest(), media_type_of(data) or "", data)
