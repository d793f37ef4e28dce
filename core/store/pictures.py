"""Pictures handed in with articles, once per content."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from core.store.clock import now_sql
from core.store.models import Picture
from core.store.records import NewPicture


def keep_pictures(connection: Connection, pictures: Iterable[NewPicture]) -> None:
    """Store those that are not there yet. Call it in the transaction that refers to them."""
    wanted = {picture.sha256: picture for picture in pictures}
    known = set(connection.scalars(select(Picture.sha256).where(Picture.sha256.in_(sorted(wanted)))))
    for sha256 in sorted(wanted.keys() - known):
        picture = wanted[sha256]
        statement = insert(Picture).values(
            sha256=sha256, media_type=picture.media_type, data=picture.data, created_at=now_sql()
        )
        # Another transaction may have stored the same picture since we looked: then it is there, as wanted.
        with suppress(IntegrityError), connection.begin_nested():
            connection.execute(statement)


def read_picture(connection: Connection, sha256: str) -> NewPicture | None:
    """A stored picture."""
    row = connection.execute(select(Picture).where(Picture.sha256 == sha256)).one_or_none()
    return None if row is None else NewPicture(row.sha256, row.media_type, row.data)
