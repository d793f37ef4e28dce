"""Pictures handed in to the practice site."""

from __future__ import annotations

import hashlib

PLACEHOLDER = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360" viewBox="0 0 640 360">'
    b'<rect width="640" height="360" fill="#e8edf6"/><path d="M0 300l180-140 120 90 140-130 200 180v60H0z" '
    b'fill="#b9c7e2"/><circle cx="500" cy="90" r="38" fill="#f5c86b"/></svg>'
)


class ImageShelf:
    """Pictures by the hash of what was handed in. A picture handed in by its address is not fetched: a
    drawing stands for it."""

    def __init__(self) -> None:
        self._pictures: dict[str, tuple[str, bytes]] = {}

    def clear(self) -> None:
        """Forget all."""
        self._pictures.clear()

    def keep(self, media_type: str, data: bytes) -> str:
        """Keep it; its path on this site."""
        name = f"v2-{hashlib.md5(data, usedforsecurity=False).hexdigest()}"
        self._pictures[name] = (media_type, data)
        return f"/pic/{name}.jpg"

    def keep_address(self, address: str) -> str:
        """Keep a drawing for a picture elsewhere; its path on this site."""
        name = f"v2-{hashlib.md5(address.encode(), usedforsecurity=False).hexdigest()}"
        self._pictures[name] = ("image/svg+xml", PLACEHOLDER)
        return f"/pic/{name}.jpg"

    def get(self, name: str) -> tuple[str, bytes] | None:
        """Media type and bytes."""
        return self._pictures.get(name.removesuffix(".jpg"))
