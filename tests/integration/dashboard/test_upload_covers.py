"""A CSV that names covers, on the page: it says beforehand that they cannot come with it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of
from tests.integration.dashboard.test_page_upload import send, tasks_of, upload

COVERS = "title,content,题图\n春天,第一篇,a.png\n夏天,第二篇,\n秋天,第三篇,b.png\n".encode()
TOLD = {
    "en": (
        "2 rows name covers, in the column “题图”, and a CSV cannot bring pictures along. They are the rows 2, 4.",
        "Such rows stay out unless you agree to do without.",
        "Such rows are handed in without.",
        "on the page Publish or over the API (in base64); one that waits gets its cover in its drawer on",
    ),
    "zh_CN": (
        "有 2 行在“题图”列指定了封面,而 CSV 无法带上图片。即第 2, 4 行。",
        "除非您同意不带封面,否则这些行不会提交。",
        "这些文章将不带封面提交。",
        "带封面的文章请在“发布”页或通过 API(base64)提交;还在等待的文章,可在“任务”页打开详情补上封面。",
    ),
}


def agree(app: AppTest) -> AppTest:
    (toggle,) = [one for one in app.toggle if str(one.key).startswith("upload_without_covers_")]
    toggle.set_value(True).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", TOLD)
def test_one_sentence_for_the_file_says_it_and_nothing_goes_unasked(world: DashboardWorld, language: str) -> None:
    named, stays_out, goes_without, ways = TOLD[language]
    chosen = {f"upload_account_{world.users['ada'].id}": "main"}
    app = upload(world.open("upload", language=language, state=chosen), COVERS)
    (box,) = [info.value for info in app.info if "题图" in info.value]
    assert all(words in box for words in (named, stays_out, ways))
    assert ":orange-badge[题图]" in words_of(app)
    assert [list(table.value.columns)[1] for table in app.dataframe] == ["title"], "only the preview of good rows"
    assert "1" in app.button(key="upload_send").label
    agree(app)
    (box,) = [info.value for info in app.info if "题图" in info.value]
    assert all(words in box for words in (named, goes_without, ways))
    assert stays_out not in box
    send(app)
    tasks = tasks_of("ada", world)
    assert sorted(task.title for task in tasks) == sorted(["春天", "夏天", "秋天"])
    articles = [wiring.get_task_manager().article(task.id, actor=world.actor("ada")) for task in tasks]
    assert [article.cover_sha256 for article in articles] == [None] * 3


@pytest.mark.parametrize(
    ("number", "which"),
    [(1, "It is row 2."), (5, "the rows 2, 3, 4, 5, 6."), (7, "the rows 2, 3, 4, 5, 6 and 2 more.")],
)
def test_its_rows_are_named(world: DashboardWorld, number: int, which: str) -> None:
    rows = "".join(f"Title {row},x,{row}.png\n" for row in range(number))
    app = upload(world.open("upload"), f"title,content,cover\n{rows}".encode())
    (box,) = [info.value for info in app.info if "pictures along" in info.value]
    assert which in box


def test_below_a_misspelt_header_each_row_has_its_fault(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), b"title,content,covers\nOne,x,a.png\nTwo,y,\nThree,z,b.png\n")
    assert "pictures along" not in words_of(app)
    (table,) = [table.value for table in app.dataframe if "remedy" in table.value.columns]
    assert list(zip(table["row"], table["column"], strict=True)) == [(1, "covers"), (2, "covers"), (4, "covers")]


def test_without_agreement_the_others_go(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), COVERS)
    assert app.button(key="upload_send").label == "Hand in the 1 good row only"
    send(app)
    assert [task.title for task in tasks_of("ada", world)] == ["夏天"]


def test_an_agreement_is_for_one_file(world: DashboardWorld) -> None:
    app = agree(upload(world.open("upload"), COVERS))
    upload(app, COVERS.replace("春天".encode(), "冬天".encode()), "another.csv")
    assert app.button(key="upload_send").label == "Hand in the 1 good row only"


def test_where_agreement_would_free_rows_nothing_is_to_be_corrected(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), b"title,content,cover\nOne,x,a.png\n")
    assert "before it is corrected" not in words_of(app)
    assert "upload_send" not in [one.key for one in app.button]
    assert agree(app).button(key="upload_send").label == "Hand in 1 article"
    faulty = upload(world.open("upload"), b"title,content,cover\n,x,a.png\n")
    assert "before it is corrected" in words_of(faulty)


def test_a_column_of_covers_with_nothing_in_it_is_nothing_to_speak_of(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), b"title,content,cover\nOne,x,\n")
    assert "pictures along" not in words_of(app)
    assert app.button(key="upload_send").label == "Hand in 1 article"
