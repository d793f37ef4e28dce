"""The practice site over plain HTTP: drafts, publishing, reading, lists, cookies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.practice_site.client import PracticeAccount, PracticeClient, cookies_json
from tests.practice_site.http_visitor import HttpVisitor

MakeVisitor = Callable[[PracticeAccount | None], HttpVisitor]


@pytest.fixture
def account(practice_site: PracticeClient) -> PracticeAccount:
    return practice_site.make_account("chen")


@pytest.fixture
def writer(visitor_of: MakeVisitor, account: PracticeAccount) -> HttpVisitor:
    return visitor_of(account)


@pytest.fixture
def stranger(visitor_of: MakeVisitor) -> HttpVisitor:
    return visitor_of(None)


def test_me_tells_who_is_signed_in(writer: HttpVisitor, stranger: HttpVisitor, account: PracticeAccount) -> None:
    answer = writer.get("/api/v4/me").json()
    assert (answer["id"], answer["name"]) == (account.id, "chen")
    assert stranger.get("/api/v4/me").status_code == 401


@pytest.mark.parametrize("path", ["/write", "/p/1/edit", "/creator/manage/creation/draft"])
def test_strangers_are_sent_to_the_sign_in_page(stranger: HttpVisitor, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/signin?next=%2F")


def test_cookies_come_as_an_extension_exports_them(account: PracticeAccount) -> None:
    assert {cookie["name"] for cookie in account.cookies} == {"z_c0", "d_c0", "_xsrf"}
    assert all(cookie["domain"] == "127.0.0.1" and cookie["hostOnly"] for cookie in account.cookies)
    assert '"expirationDate"' in cookies_json(account)
    assert account.cookies[0]["value"] not in repr(account)


def test_a_draft_is_created_changed_and_read_back(writer: HttpVisitor) -> None:
    draft_id = writer.create_draft("一", "<p>甲</p>")
    assert int(draft_id) > 2**53
    assert writer.save(draft_id, content="<p>乙</p>").status_code == 204
    draft = writer.get(f"/api/articles/{draft_id}/draft").json()
    assert (draft["id"], draft["title"], draft["content"]) == (draft_id, "一", "<p>乙</p>")
    assert (draft["state"], draft["type"]) == ("draft", "article")


def test_drafts_of_others_are_not_there(
    writer: HttpVisitor, visitor_of: MakeVisitor, practice_site: PracticeClient
) -> None:
    draft_id = writer.create_draft()
    other = visitor_of(practice_site.make_account("other"))
    assert other.get(f"/api/articles/{draft_id}/draft").status_code == 404
    assert other.save(draft_id, title="mine").status_code == 404
    assert other.publish(draft_id).status_code == 404
    assert practice_site.posts() == []


def test_writing_needs_the_page_s_own_token(writer: HttpVisitor) -> None:
    answer = writer.session.post(f"{writer.url}/api/articles/drafts", json={"title": "x"}, timeout=10)
    assert answer.status_code == 403


def test_an_unpublished_article_is_a_wasteland_even_for_its_author(writer: HttpVisitor, stranger: HttpVisitor) -> None:
    draft_id = writer.create_draft()
    assert "你似乎来到了没有知识存在的荒原" in writer.get(f"/p/{draft_id}").text
    assert stranger.get(f"/api/v4/articles/{draft_id}").status_code == 404


def test_publishing_makes_the_article_public(
    writer: HttpVisitor, stranger: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    draft_id = writer.create_draft("标题", "<p>正文 🎈</p>")
    answer = writer.publish(draft_id).json()
    assert answer["code"] == 0
    assert draft_id in answer["data"]["result"]
    assert stranger.get(f"/api/v4/articles/{draft_id}").json()["title"] == "标题"
    assert "正文 🎈" in stranger.get(f"/p/{draft_id}").text
    assert writer.get(f"/api/articles/{draft_id}/draft").json()["state"] == "published"
    post = practice_site.posts(account)[0]
    assert (post["account"], post["text_length"], post["post_count"]) == ("chen", 3, 1)
    assert post["site_state"] == "public"


def test_publishing_one_draft_twice_leaves_one_article_and_shows_both(
    writer: HttpVisitor, practice_site: PracticeClient
) -> None:
    draft_id = writer.create_draft()
    writer.publish(draft_id)
    writer.publish(draft_id)
    posts = practice_site.posts()
    assert [(post["id"], post["post_count"], post["publish_requests"]) for post in posts] == [(draft_id, 2, 2)]


def test_the_old_way_to_publish_still_works(writer: HttpVisitor, practice_site: PracticeClient) -> None:
    draft_id = writer.create_draft()
    answer = writer.call("PUT", f"/api/articles/{draft_id}/publish", json={"column": None})
    assert answer.json() == {"id": draft_id, "url": f"/p/{draft_id}"}
    assert len(practice_site.posts()) == 1


@pytest.mark.parametrize(
    ("title", "content", "message"),
    [("", "<p>正文</p>", "标题不能为空"), ("标题", "<p> </p>", "请输入正文")],
)
def test_an_incomplete_article_is_refused_with_http_200(
    writer: HttpVisitor, practice_site: PracticeClient, title: str, content: str, message: str
) -> None:
    answer = writer.publish(writer.create_draft(title, content))
    assert answer.status_code == 200
    assert (answer.json()["code"] != 0, answer.json()["toast_message"]) == (True, message)
    assert practice_site.posts() == []


def test_lists_show_drafts_and_articles_apart(writer: HttpVisitor) -> None:
    kept, published = writer.create_draft("还没写完"), writer.create_draft("写完了")
    writer.publish(published)
    drafts = writer.get("/creator/manage/creation/draft?type=article").text
    articles = writer.get("/creator/manage/creation/article").text
    assert f"/p/{kept}/edit" in drafts
    assert published not in drafts
    assert f'href="/p/{published}"' in articles
    assert kept not in articles


def test_at_most_five_topics(writer: HttpVisitor, practice_site: PracticeClient) -> None:
    draft_id = writer.create_draft()
    path = f"/api/articles/{draft_id}/topics"
    answers = [writer.call("POST", path, json={"name": f"话题{n}"}).status_code for n in range(6)]
    assert answers == [200] * 5 + [400]
    writer.call("DELETE", f"{path}/话题0")
    assert practice_site.drafts()[0]["topics"] == ["话题1", "话题2", "话题3", "话题4"]


def test_topics_and_columns_can_be_found(writer: HttpVisitor) -> None:
    found = writer.get("/api/autocomplete/topics?token=py&max_matches=5").json()
    assert "Python" in [topic["name"] for topic in found]
    token = writer.get("/api/v4/me").json()["url_token"]
    columns = writer.get(f"/api/v4/members/{token}/column-contributions").json()["data"]
    assert [entry["column"]["title"] for entry in columns] == ["技术随笔", "读书笔记"]


def test_a_picture_gets_the_site_s_address(writer: HttpVisitor, stranger: HttpVisitor) -> None:
    by_file = writer.call("POST", "/api/uploaded_images", files={"picture": ("a.png", b"\x89PNG", "image/png")})
    path = by_file.json()["src"].removeprefix(writer.url)
    assert stranger.get(path).content == b"\x89PNG"
    by_address = writer.call("POST", "/api/uploaded_images", data={"url": "https://example.com/a.png"})
    assert by_address.json()["src"].startswith(f"{writer.url}/pic/v2-")
    wrong = writer.call("POST", "/api/uploaded_images", files={"picture": ("a.txt", b"a", "text/plain")})
    assert (wrong.status_code, "格式不支持" in wrong.text) == (400, True)


def test_a_document_is_converted_with_headings_one_level_down(writer: HttpVisitor) -> None:
    document = {"document": ("a.md", "# 一\n\n## 二\n\n文 <b>".encode(), "text/markdown")}
    answer = writer.call("POST", "/api/v4/document/convert", files=document, data={"scene": "article"})
    assert answer.json()["data"]["html_content"] == "<h2>一</h2><h3>二</h3><p>文 &lt;b&gt;</p>"


def test_cookies_are_refreshed_and_the_site_notes_what_comes_back(
    writer: HttpVisitor, practice_site: PracticeClient
) -> None:
    writer.get("/api/v4/me")
    first = writer.session.cookies["BEC"]
    assert practice_site.accounts()[0]["bec_issued"] == first
    before = writer.session.cookies["z_c0"]
    opened = writer.get("/write")
    assert practice_site.accounts()[0]["bec_seen"] == first
    assert writer.session.cookies["BEC"] != first
    assert writer.session.cookies["z_c0"] == before
    assert "Max-Age=2592000" in opened.headers["set-cookie"]


def test_signing_out_ends_every_session_and_signing_in_begins_a_new_one(
    writer: HttpVisitor, visitor_of: MakeVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.sign_out(account)
    assert writer.get("/api/v4/me").status_code == 401
    assert visitor_of(practice_site.sign_in(account)).get("/api/v4/me").status_code == 200


def test_the_request_log_tells_who_asked_for_what(
    writer: HttpVisitor, stranger: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    stranger.get("/api/v4/me")
    writer.get("/api/v4/me")
    log = practice_site.requests(path="/api/v4/me")
    assert [(entry["account_id"], entry["status"]) for entry in log] == [(None, 401), (account.id, 200)]
    assert len(practice_site.requests(account)) == 1


def test_wrong_orders_are_named(practice_site: PracticeClient, account: PracticeAccount) -> None:
    stranger = PracticeAccount("17", "nobody", [])
    with pytest.raises(ValueError, match="no such account"):
        practice_site.sign_out(stranger)
    with pytest.raises(ValueError, match="422"):
        practice_site.set_fault("no_such_fault", account)  # type: ignore[arg-type]
