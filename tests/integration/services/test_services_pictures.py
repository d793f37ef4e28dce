"""Pictures of browsers are shown to who may see the article, and only pictures are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import update

from core.errors import NotFound
from core.queue.live_pictures import LivePicture, LivePictures
from core.services.picture_viewer import PictureViewer
from core.store.models import PublishTask
from core.store.records import Actor, TaskView
from tests.integration.services.service_world import ADMIN, Services

PNG = b"\x89PNG\r\n\x1a\n of a failure"


@pytest.fixture
def viewer(services: Services, tmp_path: Path) -> PictureViewer:
    (tmp_path / "data" / "screenshots" / "abc").mkdir(parents=True)
    return PictureViewer(
        services.db, pictures=lambda: LivePictures(services.redis, prefix=""), data_dir=tmp_path / "data"
    )


@pytest.fixture
def ada(services: Services) -> Actor:
    return services.add_user("ada")[1]


def with_picture(services: Services, actor: Actor, path: str) -> TaskView:
    task = services.submit(actor)
    with services.db.write() as connection:
        connection.execute(update(PublishTask).where(PublishTask.id == task.id).values(screenshot_path=path))
    return task


def test_a_picture_of_a_failure(services: Services, ada: Actor, viewer: PictureViewer, tmp_path: Path) -> None:
    (tmp_path / "data" / "screenshots" / "abc" / "1-writing.png").write_bytes(PNG)
    task = with_picture(services, ada, "screenshots/abc/1-writing.png")
    picture = viewer.of_failure(task.id, actor=ada)
    assert picture is not None
    assert picture.png == PNG
    elsewhere = viewer.of_failure(with_picture(services, ada, "screenshots/abc/2-x.png").id, actor=ada)
    assert elsewhere is not None
    assert elsewhere.png is None
    assert viewer.of_failure(services.submit(ada).id, actor=ada) is None


@pytest.mark.parametrize(
    "path",
    [
        "../secret.png",
        "screenshots/../keys.png",
        "screenshots/../../secret.png",
        "screenshots/abc/link.png",
        "screenshots/abc/linked/secret.png",
        "{tmp}/secret.png",
        "screenshots/abc/notes.txt",
        "screenshots/abc",
        "screenshots/abc/\x00.png",
        "screenshots/" + "x" * 5000 + ".png",
    ],
)
def test_nothing_outside_the_folder_of_pictures_is_ever_opened(
    services: Services, ada: Actor, viewer: PictureViewer, tmp_path: Path, path: str
) -> None:
    """Not by `..`, not by its own root, not by a link, and nothing in it that is no picture."""
    (tmp_path / "secret.png").write_bytes(b"secret")
    (tmp_path / "data" / "keys.png").write_bytes(b"secret")
    folder = tmp_path / "data" / "screenshots" / "abc"
    os.symlink(tmp_path / "secret.png", folder / "link.png")
    os.symlink(tmp_path, folder / "linked")
    (folder / "notes.txt").write_text("secret")
    task = with_picture(services, ada, path.replace("{tmp}", str(tmp_path)))
    picture = viewer.of_failure(task.id, actor=ada)
    assert picture is not None
    assert picture.png is None


def test_a_stranger_sees_neither(services: Services, ada: Actor, viewer: PictureViewer, tmp_path: Path) -> None:
    _, bob, _ = services.add_user("bob")
    (tmp_path / "data" / "screenshots" / "abc" / "1.png").write_bytes(PNG)
    task = with_picture(services, ada, "screenshots/abc/1.png")
    assert services.store.take(task.id, worker_id="w:1:a", claimed_ms=1) is not None
    pictures = LivePictures(services.redis, prefix="")
    pictures.show(task.id, LivePicture(b"jpeg", "writing"))
    for see in (viewer.live, viewer.of_failure):
        with pytest.raises(NotFound):
            see(task.id, actor=bob)
    assert services.audit.entries(limit=1)[0].detail == {"denied": True}
    assert pictures.looked_at([task.id]) == set()
    for actor in (ada, ADMIN):
        seen = viewer.live(task.id, actor=actor)
        assert seen is not None
        assert seen.jpeg == b"jpeg"


def test_only_what_is_being_published_is_looked_at(services: Services, ada: Actor, viewer: PictureViewer) -> None:
    task = services.submit(ada)
    assert viewer.live(task.id, actor=ada) is None
    assert LivePictures(services.redis, prefix="").looked_at([task.id]) == set()
