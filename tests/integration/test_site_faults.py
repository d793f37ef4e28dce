"""Each fault of the practice site does what it says, seen over plain HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.practice_site.client import PracticeAccount, PracticeClient
from tests.practice_site.faults import Fault
from tests.practice_site.http_visitor import HttpVisitor
from tests.servers.local_process import wait_until

MakeVisitor = Callable[[PracticeAccount | None], HttpVisitor]
ME = "/api/v4/me"


@pytest.fixture
def account(practice_site: PracticeClient) -> PracticeAccount:
    return practice_site.make_account("chen")


@pytest.fixture
def writer(visitor_of: MakeVisitor, account: PracticeAccount) -> HttpVisitor:
    return visitor_of(account)


def statuses(writer: HttpVisitor, draft_id: str) -> tuple[int, int, int, int]:
    """How opening, the probe, saving and publishing answer."""
    return (
        writer.get("/write").status_code,
        writer.get(ME).status_code,
        writer.save(draft_id, title="x").status_code,
        writer.publish(draft_id).status_code,
    )


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.SESSION_EXPIRED, (302, 401, 401, 401)),
        (Fault.SESSION_EXPIRED_ON_WRITE_PAGE, (302, 200, 204, 200)),
        (Fault.SESSION_EXPIRED_AFTER_OPEN, (200, 200, 401, 401)),
        (Fault.UNHUMAN_AT_OPEN, (302, 200, 204, 200)),
        (Fault.UNHUMAN_AT_PUBLISH, (200, 200, 204, 403)),
        (Fault.UNHUMAN_HTML, (200, 403, 403, 403)),
        (Fault.SITE_BUSY, (503, 503, 503, 503)),
        (Fault.HTTP_ERROR, (500, 500, 500, 500)),
        (Fault.AUTOSAVE_ERROR, (200, 200, 500, 200)),
    ],
)
def test_where_a_fault_strikes(
    writer: HttpVisitor,
    practice_site: PracticeClient,
    account: PracticeAccount,
    fault: Fault,
    expected: tuple[int, int, int, int],
) -> None:
    draft_id = writer.create_draft()
    practice_site.set_fault(fault, account)
    assert statuses(writer, draft_id) == expected
    practice_site.clear_faults()
    assert statuses(writer, draft_id) == (200, 200, 204, 200)


def test_a_fault_of_one_account_leaves_others_alone(
    visitor_of: MakeVisitor, writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.SESSION_EXPIRED, account)
    assert writer.get(ME).status_code == 401
    assert visitor_of(practice_site.make_account("other")).get(ME).status_code == 200


def test_a_counted_fault_ends_by_itself(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.HTTP_ERROR, account, times=2, path=ME, status=502)
    assert [writer.get("/write").status_code, *(writer.get(ME).status_code for _ in range(3))] == [200, 502, 502, 200]
    assert practice_site.faults()[0]["fired"] == 2


def test_an_expired_sign_in_leads_to_the_sign_in_page(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.SESSION_EXPIRED, account)
    assert writer.get("/write").headers["location"] == "/signin?next=%2Fwrite"


def test_the_human_check_has_its_address_text_and_code(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    draft_id = writer.create_draft()
    practice_site.set_fault(Fault.UNHUMAN_AT_OPEN, account)
    practice_site.set_fault(Fault.UNHUMAN_AT_PUBLISH, account)
    location = writer.get("/write").headers["location"]
    assert location.startswith("/account/unhuman?type=")
    assert "安全验证" in writer.get(location).text
    error = writer.publish(draft_id).json()["error"]
    assert (error["code"], error["redirect"].startswith("/account/unhuman")) == (40352, True)
    practice_site.set_fault(Fault.UNHUMAN_HTML, account)
    assert "安全验证" in writer.get(ME).text
    assert practice_site.posts() == []


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault.REFUSED, "内容违规"),
        (Fault.RATE_LIMITED, "操作过于频繁"),
        (Fault.DAILY_LIMIT, "达到发布上限"),
    ],
)
def test_a_refusal_is_http_200_with_another_code(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount, fault: Fault, message: str
) -> None:
    draft_id = writer.create_draft()
    practice_site.set_fault(fault, account)
    answer = writer.publish(draft_id)
    assert answer.status_code == 200
    assert answer.json()["code"] != 0
    assert message in answer.json()["toast_message"]
    assert practice_site.posts() == []
    assert practice_site.drafts()[0]["publish_requests"] == 1
    practice_site.set_fault(fault, account, message="含有联系方式", code=4039)
    assert (writer.publish(draft_id).json()["code"], writer.publish(draft_id).json()["message"]) == (
        4039,
        "含有联系方式",
    )


@pytest.mark.parametrize(
    ("fault", "posts"), [(Fault.PUBLISH_DROPPED, 0), (Fault.PUBLISH_REPLY_LOST, 1), (Fault.CONNECTION_CUT, 0)]
)
def test_a_cut_connection_says_nothing_about_the_article(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount, fault: Fault, posts: int
) -> None:
    draft_id = writer.create_draft()
    practice_site.set_fault(fault, account, method="POST", path="/api/v4/content/publish")
    with pytest.raises(requests.ConnectionError):
        writer.publish(draft_id)
    assert len(practice_site.posts()) == posts
    assert practice_site.requests(path="/api/v4/content/publish")[0]["status"] == 0


def test_a_late_publish_happens_after_its_connection_is_gone(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    draft_id = writer.create_draft()
    practice_site.set_fault(Fault.PUBLISH_LATE, account, times=1, seconds=0.4)
    with pytest.raises(requests.ConnectionError):
        writer.publish(draft_id)
    assert writer.get(f"/api/articles/{draft_id}/draft").json()["state"] == "draft"
    wait_until(lambda: len(practice_site.posts()) == 1, 10, "the article is published late")


def test_a_slow_publish_is_done_long_before_it_is_answered(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    draft_id = writer.create_draft()
    practice_site.set_fault(Fault.PUBLISH_SLOW, account, seconds=30)
    with pytest.raises(requests.ReadTimeout):
        writer.session.post(
            f"{writer.url}/api/v4/content/publish",
            json={"data": {"draft": {"id": draft_id}}},
            headers={"x-xsrftoken": writer.session.cookies["_xsrf"]},
            timeout=0.5,
        )
    assert [post["post_count"] for post in practice_site.posts()] == [1]


@pytest.mark.parametrize("path", [ME, "/write"])
def test_slow_answers_come_late_but_whole(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount, path: str
) -> None:
    practice_site.set_fault(Fault.SLOW_REPLY, account, path=ME, seconds=0.3)
    practice_site.set_fault(Fault.PAGE_SLOW, account, seconds=0.3)
    begin = time.monotonic()
    assert writer.get(path).status_code == 200
    assert time.monotonic() - begin >= 0.3  # a lower bound: a busy machine can only make it longer


def test_a_request_that_is_held_can_be_let_go(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.SLOW_REPLY, account, path=ME, seconds=60)
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(writer.get, ME)
        wait_until(lambda: practice_site.faults()[0]["fired"] == 1, 10, "it is held")
        practice_site.let_go(account)
        assert answer.result(10).status_code == 200


def test_under_review_only_the_author_sees_the_article(
    writer: HttpVisitor, visitor_of: MakeVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    draft_id = writer.create_draft()
    practice_site.set_fault(Fault.UNDER_REVIEW, account, times=1, seconds=1.5)
    assert writer.publish(draft_id).json()["code"] == 0
    stranger = visitor_of(None)
    assert "审核中" in writer.get(f"/p/{draft_id}").text
    assert stranger.get(f"/p/{draft_id}").status_code == 404
    assert stranger.get(f"/api/v4/articles/{draft_id}").status_code == 404
    assert draft_id not in writer.get("/creator/manage/creation/article").text
    assert practice_site.posts()[0]["site_state"] == "under_review"
    wait_until(lambda: stranger.get(f"/p/{draft_id}").status_code == 200, 10, "the review ends")
    assert "审核中" not in writer.get(f"/p/{draft_id}").text


def test_the_list_and_the_draft_s_record_can_lag(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    draft_id = writer.create_draft()
    practice_site.set_fault(Fault.LIST_LAGS, account, seconds=1.5)
    practice_site.set_fault(Fault.DRAFT_RECORD_LAGS, account, seconds=1.5)
    writer.publish(draft_id)

    def is_listed() -> bool:
        return draft_id in writer.get("/creator/manage/creation/article").text

    def is_recorded() -> bool:
        return bool(writer.get(f"/api/articles/{draft_id}/draft").json()["state"] == "published")

    assert not is_listed()
    assert not is_recorded()
    assert writer.get(f"/p/{draft_id}").status_code == 200
    wait_until(lambda: is_listed() and is_recorded(), 10, "list and record catch up")


def test_a_saved_draft_whose_answer_is_lost_is_an_orphan(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.AUTOSAVE_REPLY_LOST, account, times=1)
    with pytest.raises(requests.ConnectionError):
        writer.create_draft()
    assert len(practice_site.drafts(account)) == 1


def test_a_body_can_be_stored_short(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.AUTOSAVE_LOSES_TEXT, account)
    draft_id = writer.create_draft("标题", "<p>" + "字" * 100 + "</p>")
    assert len(writer.get(f"/api/articles/{draft_id}/draft").json()["content"]) == 53


def test_a_lost_picture_is_an_error(
    writer: HttpVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.IMAGE_LOST, account)
    answer = writer.call("POST", "/api/uploaded_images", data={"url": "https://example.com/a.png"})
    assert (answer.status_code, "上传失败" in answer.text) == (500, True)


def test_a_rotating_session_gets_a_new_value_each_time(
    writer: HttpVisitor, visitor_of: MakeVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.SESSION_ROTATES, account)
    first = writer.session.cookies["z_c0"]
    writer.get("/write")
    assert writer.session.cookies["z_c0"] != first
    assert visitor_of(account).get(ME).status_code == 200


def test_the_training_tools_are_never_hit(practice_site: PracticeClient, account: PracticeAccount) -> None:
    for fault in (Fault.SITE_BUSY, Fault.CONNECTION_CUT, Fault.HTTP_ERROR):
        practice_site.set_fault(fault)
    assert practice_site.is_healthy()
    assert len(practice_site.accounts()) == 1
