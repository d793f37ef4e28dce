"""What several flows do on the dashboard's pages."""

from __future__ import annotations

from pathlib import Path

from core.store.records import TaskView
from tests.e2e.dashboard.stage import Stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab
from tests.pictures import PNG


def write_article(tab: StreamlitTab, title: str, content: str = "## 一\n\n第一段,有 **重点**。") -> None:
    """Fill in the form of the page Publish."""
    tab.fill("publish_title", title)
    tab.fill("publish_content", content)


def write_with_cover(tab: StreamlitTab, title: str, folder: Path) -> None:
    """The same with a cover, which lies in this folder."""
    cover = folder / "cover.png"
    cover.write_bytes(PNG)
    write_article(tab, title)
    tab.upload(cover)


def is_kept(stage: Stage, words: str) -> bool:
    """Whether an unfinished article on disk holds these words."""
    files = (stage.lab.data_dir / "unfinished").rglob("*.json")
    return any(words in file.read_text(encoding="utf-8") for file in files)


def is_told_once(tab: StreamlitTab, sentence: str) -> bool:
    """That something is away stands in one box, in these words, whatever else stands there."""
    boxes = [box for box in tab.boxes() if "cannot be reached" in box]
    return len(boxes) == 1 and sentence in boxes[0]


def drawer_of(task: TaskView) -> str:
    """Where everything about an article stands."""
    return f"/tasks?task={task.public_id}"
