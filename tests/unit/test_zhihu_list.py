"""When a list of articles counts as whole: shapes that the practice site does not show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from core.publishing.page_scripts import Answer, PageScripts
from core.publishing.publisher import Absent, Published, SearchOutcome, Unknown, WantedArticle
from core.publishing.zhihu_list import MOST_PAGES, PAGE, ZhihuList

SINCE = datetime.fromtimestamp(1000, UTC)


class ScriptedList(PageScripts):
    """Answers as the site would, from a list of articles."""

    def __init__(self, created: list[int], *, title: str = "甲", **changes: Any) -> None:
        self.created = created
        self.title = title
        self.changes = changes
        self.pages = 0

    def ask(
        self, name: str, args: Mapping[str, object] = MappingProxyType({}), *, wait_seconds: float | None = None
    ) -> Answer:
        if name == "records":
            return Answer("records", {"article": _reply({"content": "<p>ab</p>"}), "record": _reply({})})
        self.pages += 1
        offset = int(str(args["offset"]))
        shown = list(enumerate(self.created))[offset : offset + PAGE]
        rows = [{"data": {"id": str(n), "title": self.title, "created_time": at}} for n, at in shown]
        paging = {"is_end": offset + PAGE >= len(self.created), "totals": len(self.created)}
        page = {"data": rows, "paging": paging | self.changes.get("paging", {})}
        me = {"articles_count": self.changes.get("count", len(self.created))}
        return Answer("page", {"me": _reply(me), "page": _reply(self.changes.get("page", page))})


def _reply(body: object) -> dict[str, object]:
    return {"status": 200, "text": json.dumps(body)}


def find(scripts: ScriptedList, title: str = "乙") -> SearchOutcome:
    return ZhihuList(scripts, "https://w", "https://h").find(WantedArticle(title, 2, SINCE))


def test_a_whole_list_without_it() -> None:
    assert find(ScriptedList([3000, 2000, 500])) == Absent()


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 4},
        {"count": 2},
        {"paging": {"totals": 4}, "count": 4},
        {"paging": {"is_end": False}},
        {"paging": {"totals": None}},
        {"paging": {"is_end": None}},
        {"page": {"data": [{"data": {"id": "1", "title": "甲"}}], "paging": {"is_end": True, "totals": 3}}},
        {"page": {"data": {}, "paging": []}},
        {"page": {"paging": {"is_end": True, "totals": 3}}},
    ],
)
def test_anything_odd_is_unknown(changes: dict[str, Any]) -> None:
    assert isinstance(find(ScriptedList([3000, 2000, 500], **changes)), Unknown)


def test_a_match_counts_also_in_a_list_that_is_not_whole() -> None:
    assert find(ScriptedList([3000], count=2), "甲") == Published("0", "https://w/p/0")


def test_a_list_that_is_not_in_order_is_read_to_its_end() -> None:
    scripts = ScriptedList([500] + [3000] * PAGE)
    assert find(scripts) == Absent()
    assert scripts.pages == 2


def test_a_list_without_end_is_unknown() -> None:
    scripts = ScriptedList([3000] * (MOST_PAGES * PAGE + 1))
    assert isinstance(find(scripts), Unknown)
    assert scripts.pages == MOST_PAGES
