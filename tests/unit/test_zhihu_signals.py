"""The one table of the site's states: what is seen decides the class of the error, and with it the policy."""

from __future__ import annotations

import json

import pytest

from core.errors import NeedsHuman, NeedsLogin, PublishError, Rejected, RetryLater, SiteBusy
from core.publishing.page_scripts import Answer, Reply
from core.publishing.zhihu_page import Seen, error_for

SITE = "https://www.zhihu.com"


@pytest.mark.parametrize(
    ("seen", "error"),
    [
        (Seen(address=f"{SITE}/signin?next=%2Fwrite"), NeedsLogin),
        (Seen(status=401), NeedsLogin),
        (Seen(address=f"{SITE}/account/unhuman?type=S6E3V1&need_login=true"), NeedsHuman),
        (Seen(address=f"{SITE}/account/risk_control/"), NeedsHuman),
        (Seen(page="安全验证 - 知乎"), NeedsHuman),
        (Seen(page="系统监测到您的网络环境存在异常，请点击下方按钮开始验证"), NeedsHuman),
        (Seen(code=40352), NeedsHuman),
        (Seen(code=40362, status=403), NeedsHuman),
        (Seen(status=403), NeedsHuman),
        (Seen(words="操作过于频繁，请稍后再试"), SiteBusy),
        (Seen(status=429), SiteBusy),
        (Seen(words="今日发布文章已达到发布上限"), SiteBusy),
        (Seen(page="系统升级中"), RetryLater),
        (Seen(words="服务器维护中，请稍后再试"), RetryLater),
        (Seen(status=502), RetryLater),
        (Seen(words="图片上传失败，请重新上传"), RetryLater),
        (Seen(words="图片过大"), Rejected),
        (Seen(words="内容违规，发布失败"), Rejected),
        (Seen(words="标题不能为空"), Rejected),
        (Seen(words="当前问题不支持开启送礼物", status=403), Rejected),
    ],
)
def test_each_sign_has_its_error(seen: Seen, error: type[PublishError]) -> None:
    assert type(error_for(seen)) is error


@pytest.mark.parametrize(
    "seen",
    [
        Seen(),
        Seen(address="https://zhuanlan.zhihu.com/p/1/edit", status=200),
        Seen(address="https://zhuanlan.zhihu.com/p/1", status=404, page="你似乎来到了没有知识存在的荒原"),
        Seen(page="请输入正文 请选择专栏"),
        Seen(words="发布成功"),
    ],
)
def test_what_is_no_trouble_has_none(seen: Seen) -> None:
    assert error_for(seen) is None


def test_the_reason_quotes_the_site_and_only_its_sentence() -> None:
    seen = Seen(page="写文章\n系统监测到您的网络环境存在异常，请验证。\n" + "别的" * 500)
    error = error_for(seen)
    assert error is not None
    assert error.reason.endswith("The site says: 系统监测到您的网络环境存在异常，请验证。")


def test_throttling_says_for_how_long() -> None:
    fast, day = error_for(Seen(words="操作过于频繁")), error_for(Seen(words="达到发布上限"))
    assert isinstance(fast, SiteBusy)
    assert isinstance(day, SiteBusy)
    assert 600 <= fast.retry_after < day.retry_after


def test_a_reply_shows_its_state() -> None:
    human = {"error": {"code": 40352, "message": "请完成验证", "redirect": "/account/unhuman?type=S"}}
    assert Reply(403, json.dumps(human)).seen == Seen("/account/unhuman?type=S", 403, "请完成验证", "", 40352)
    refused = Reply(200, '{"code": 100013, "message": "no", "toast_message": "内容违规"}')
    assert (refused.seen.words, refused.is_success, refused.is_answered) == ("内容违规", False, True)
    html = Reply(200, "<html><title>安全验证</title></html>")
    assert isinstance(error_for(html.seen), NeedsHuman)
    assert not html.is_success, "HTML where JSON belongs is no receipt"


@pytest.mark.parametrize(("status", "is_answered"), [(0, False), (200, True), (204, True), (404, True), (502, False)])
def test_only_some_replies_are_answers(status: int, is_answered: bool) -> None:
    assert Reply(status, "").is_answered is is_answered


def test_receipts_of_both_ways_of_publishing_are_understood() -> None:
    assert Reply(200, '{"code": 0, "message": "success"}').is_success
    assert Reply(200, '{"id": "1", "url": "/p/1"}').is_success
    for text in ("", "[]", "null", "{}", "not json"):
        assert not Reply(200, text).is_success


def test_an_answer_without_facts_is_read_as_nothing() -> None:
    answer = Answer("waiting", {})
    assert (answer.text("url"), answer.reply("record"), answer.seen) == ("", Reply(0, ""), Seen())
