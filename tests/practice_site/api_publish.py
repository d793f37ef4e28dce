"""Publishing a draft, with every way in which the answer can go wrong."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from tests.practice_site.api_articles import change_draft, read_json, refuse_writer
from tests.practice_site.faults import Fault
from tests.practice_site.html_text import text_length
from tests.practice_site.records import Draft
from tests.practice_site.visit import Visit, not_found, visit_of

router = APIRouter()
REFUSALS = {
    Fault.REFUSED: "内容违规，发布失败，请修改后重试",
    Fault.RATE_LIMITED: "操作过于频繁，请稍后再试",
    Fault.DAILY_LIMIT: "今日发布文章已达到发布上限",
}
_late_publishes: set[asyncio.Task[None]] = set()
"""Publishes under way after their connection is gone. The loop holds tasks weakly, so they are kept here."""


def _refused(code: int, message: str) -> JSONResponse:
    return JSONResponse({"code": code, "message": message, "toast_message": message, "data": None})


def _human_check() -> JSONResponse:
    error = {
        "code": 40352,
        "need_login": True,
        "message": "系统监测到您的网络环境存在异常，请完成验证",
        "redirect": "/account/unhuman?type=S6E3V1&need_login=true",
    }
    return JSONResponse({"error": error}, 403)


def _refusal(visit: Visit, draft: Draft) -> JSONResponse | None:
    if visit.take(Fault.UNHUMAN_AT_PUBLISH):
        return _human_check()
    for fault, message in REFUSALS.items():
        if rule := visit.take(fault):
            return _refused(rule.code, rule.message or message)
    if not draft.title.strip():
        return _refused(100_001, "标题不能为空")
    if not text_length(draft.content) and "<img" not in draft.content:
        return _refused(100_002, "请输入正文")
    return None


def _commit(visit: Visit, draft: Draft) -> None:
    visit.state.publish(
        draft,
        review=visit.take_seconds(Fault.UNDER_REVIEW),
        list_lag=visit.take_seconds(Fault.LIST_LAGS),
        record_lag=visit.take_seconds(Fault.DRAFT_RECORD_LAGS),
    )


async def _commit_later(visit: Visit, draft: Draft, seconds: float) -> None:
    await asyncio.sleep(seconds)
    if visit.state.drafts.get(draft.id) is draft:  # The site may have been reset meanwhile.
        _commit(visit, draft)


def _payload(body: dict[str, Any]) -> dict[str, Any]:
    """The title and content that the request carries."""
    data = body.get("data", {})
    fields: dict[str, Any] = {}
    if html := data.get("hybrid", {}).get("html"):
        fields["content"] = html
    if title := data.get("title", {}).get("title"):
        fields["title"] = title
    return fields


async def _publish(visit: Visit, draft: Draft, receipt: dict[str, Any]) -> Response:
    """Cases: refused; the connection goes first and the article never or later; it is published and the
    answer is lost; it is published and the answer comes, perhaps late."""
    draft.publish_requests += 1
    if visit.take(Fault.PUBLISH_DROPPED):
        return visit.cut()
    if refusal := _refusal(visit, draft):
        return refusal
    if rule := visit.take(Fault.PUBLISH_LATE):
        task = asyncio.create_task(_commit_later(visit, draft, rule.seconds))
        _late_publishes.add(task)
        task.add_done_callback(_late_publishes.discard)
        return visit.cut()
    _commit(visit, draft)
    if visit.take(Fault.PUBLISH_REPLY_LOST):
        return visit.cut()
    await visit.wait(Fault.PUBLISH_SLOW)
    # These two show in the page, which was told when it opened; here they are only counted.
    for fault in (Fault.CONFIRM_DIALOG, Fault.PUBLISH_BUTTON_RERENDERS, Fault.PUBLISH_NO_RECEIPT):
        visit.take(fault)
    return JSONResponse(receipt)


@router.post("/api/v4/content/publish")
async def publish(request: Request) -> Response:
    """The way of today's page."""
    visit = visit_of(request)
    if refusal := refuse_writer(request):
        return refusal
    body = await read_json(request)
    draft_id = str(body.get("data", {}).get("draft", {}).get("id", ""))
    draft = visit.state.draft_of(visit.account, draft_id)
    if draft is None:
        return not_found()
    if fields := _payload(body):
        change_draft(draft, fields)
    result = json.dumps({"publish": {"id": draft.id}})
    return await _publish(visit, draft, {"code": 0, "message": "success", "data": {"result": result}})


@router.put("/api/articles/{draft_id}/publish")
async def publish_the_old_way(request: Request, draft_id: str) -> Response:
    """The way before 2023, still answered."""
    visit = visit_of(request)
    if refusal := refuse_writer(request):
        return refusal
    draft = visit.state.draft_of(visit.account, draft_id)
    if draft is None:
        return not_found()
    return await _publish(visit, draft, {"id": draft.id, "url": f"/p/{draft.id}"})
