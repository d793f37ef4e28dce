"""What core says, on pages in Chinese. Between two runs AppTest reads choices in English: where something is chosen,
the language is changed with the click."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core import wiring
from core.store.records import AccountState
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of

SIGN_IN_AGAIN = "Zhihu no longer knows this account. Sign in again and hand in fresh cookies."


def in_chinese(app: AppTest) -> AppTest:
    app.session_state["language"] = "zh_CN"
    return app


def test_why_an_account_needs_a_person(world: DashboardWorld) -> None:
    account_id = world.accounts["ada"]
    wiring.get_account_store().set_state(account_id, AccountState.NEEDS_LOGIN, error_message=SIGN_IN_AGAIN)
    assert "知乎上该账号的登录已失效。请重新登录" in words_of(world.open("accounts", language="zh_CN"))
    assert "Sign in again and hand in fresh cookies" in words_of(world.open("accounts")).replace("\\", "")


def test_what_is_wrong_with_cookies(world: DashboardWorld) -> None:
    app = in_chinese(world.open("accounts"))
    app.text_input(key="new_account_name").set_value("second")
    app.text_area(key="new_account_cookies").set_value("[{]")
    app.button(key="add_account").click().run()
    assert "请重新导出并提交整个文件" in words_of(app)


def test_what_is_wrong_with_an_article(world: DashboardWorld) -> None:
    app = in_chinese(world.open("publish"))
    next(one for one in app.button if str(one.key).startswith("publish_send_")).click().run()
    assert [error.value.replace("\\", "") for error in app.error] == [
        "标题是空的。请写 1 到 100 个字的标题。",
        "文章是空的。请至少写一句话。",
    ]


def test_what_is_wrong_with_a_file(world: DashboardWorld) -> None:
    app = in_chinese(world.open("upload"))
    app.file_uploader[0].upload("a.csv", b"title,content,account,priority\nx,x,main,55\n", "text/csv").run()
    assert list(app.dataframe[0].value["reason"]) == ["“55”不是 0 到 9 的数字。"]
    assert list(app.dataframe[0].value["remedy"]) == ["9 最先,通常为 5。"]


def test_what_cannot_be_deleted(world: DashboardWorld) -> None:
    world.submit("ada")
    app = in_chinese(world.open("accounts"))
    app.button(key=f"delete_{world.accounts['ada']}").click().run()
    assert "有文章,文章的历史需要它。请暂停它" in words_of(app)
