"""Drafts as the write page saves them, and articles as everybody reads them."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from tests.practice_site.faults import Fault, FaultRule
from tests.practice_site.records import Draft, now
from tests.practice_site.state import MAX_TOPICS
from tests.practice_site.visit import Visit, not_found, not_signed_in, visit_of

router = APIRouter()
MAX_TITLE = 100


async def read_json(request: Request) -> dict[str, Any]:
    """The request's body, or an empty object when it is not one."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def refuse_writer(request: Request) -> JSONResponse | None:
    """Why this visitor may not write: not signed in, or without the token that proves the page sent it."""
    visit = visit_of(request)
    if visit.account is None or visit.take(Fault.SESSION_EXPIRED_AFTER_OPEN):
        return not_signed_in()
    if request.headers.get("x-xsrftoken") != request.cookies.get("_xsrf") or "_xsrf" not in request.cookies:
        return JSONResponse({"error": {"message": "校验失败，请刷新页面重试", "code": 403}}, 403)
    return None


def draft_json(visit: Visit, draft: Draft) -> dict[str, Any]:
    """The draft as the page's API tells it."""
    post = visit.state.posts.get(draft.id)
    account = visit.state.accounts[draft.account_id]
    return {
        "id": draft.id,
        "title": draft.title,
        "content": draft.content,
        "state": "published" if post and post.is_recorded else "draft",
        "type": "article",
        "titleImage": draft.cover,
        "topics": [{"name": name} for name in draft.topics],
        "column": draft.column_id,
        "updated": int(draft.updated_at.timestamp()),
        "author": {"id": account.id, "name": account.name, "url_token": account.url_token},
    }


def change_draft(draft: Draft, body: dict[str, Any]) -> None:
    """Take over the fields that the request names."""
    if "title" in body:
        draft.title = str(body["title"])[:MAX_TITLE]
    if "content" in body:
        draft.content = str(body["content"])
    if "titleImage" in body:
        draft.cover = str(body["titleImage"])
    if "column" in body:
        draft.column_id = body["column"]
    draft.updated_at = now()
    draft.saves += 1


def _save_error(rule: FaultRule) -> JSONResponse:
    return JSONResponse({"error": {"message": rule.message or "服务器开小差了", "code": rule.status}}, rule.status)


def _save(visit: Visit, draft: Draft, body: dict[str, Any]) -> None:
    content = str(body.get("content", ""))
    if content and visit.take(Fault.AUTOSAVE_LOSES_TEXT):
        body = {**body, "content": content[: len(content) // 2]}
    change_draft(draft, body)


@router.post("/api/articles/drafts")
async def create_draft(request: Request) -> Response:
    """The first autosave."""
    visit = visit_of(request)
    if refusal := refuse_writer(request):
        return refusal
    if rule := visit.take(Fault.AUTOSAVE_ERROR):
        return _save_error(rule)
    assert visit.account is not None
    draft = visit.state.add_draft(visit.account)
    _save(visit, draft, await read_json(request))
    if visit.take(Fault.AUTOSAVE_REPLY_LOST):
        return visit.cut()
    return JSONResponse(draft_json(visit, draft))


@router.patch("/api/articles/{draft_id}/draft")
async def save_draft(request: Request, draft_id: str) -> Response:
    """Each later autosave."""
    visit = visit_of(request)
    if refusal := refuse_writer(request):
        return refusal
    if rule := visit.take(Fault.AUTOSAVE_ERROR):
        return _save_error(rule)
    draft = visit.state.draft_of(visit.account, draft_id)
    if draft is None:
        return not_found()
    _save(visit, draft, await read_json(request))
    if visit.take(Fault.AUTOSAVE_REPLY_LOST):
        return visit.cut()
    return Response(status_code=204)


@router.get("/api/articles/{draft_id}/draft")
async def get_draft(request: Request, draft_id: str) -> Response:
    """The stored draft; its `state` says whether it has been published."""
    visit = visit_of(request)
    if visit.account is None:
        return not_signed_in()
    draft = visit.state.draft_of(visit.account, draft_id)
    return JSONResponse(draft_json(visit, draft)) if draft else not_found()


@router.get("/api/v4/articles/{article_id}")
async def get_article(request: Request, article_id: str) -> Response:
    """What everybody may read, signed in or not."""
    visit = visit_of(request)
    post = visit.state.posts.get(article_id)
    if post is None or not post.is_public:
        return not_found()
    author = visit.state.accounts[post.account_id]
    return JSONResponse(
        {
            "id": post.id,
            "type": "article",
            "title": post.title,
            "content": post.content,
            "url": f"{str(request.base_url).rstrip('/')}/p/{post.id}",
            "created": int(post.published_at.timestamp()),
            "updated": int(post.published_at.timestamp()),
            "author": {"id": author.id, "name": author.name, "url_token": author.url_token},
        }
    )


@router.post("/api/articles/{draft_id}/topics")
async def add_topic(request: Request, draft_id: str) -> Response:
    """Add a topic to the draft; five at most."""
    visit = visit_of(request)
    if refusal := refuse_writer(request):
        return refusal
    draft = visit.state.draft_of(visit.account, draft_id)
    if draft is None:
        return not_found()
    name = str((await read_json(request)).get("name", "")).strip()
    if name and name not in draft.topics:
        if len(draft.topics) >= MAX_TOPICS:
            return JSONResponse({"error": {"message": f"最多添加 {MAX_TOPICS} 个话题", "code": 400}}, 400)
        draft.topics.append(name)
    return JSONResponse([{"name": topic} for topic in draft.topics])


@router.delete("/api/articles/{draft_id}/topics/{name}")
async def remove_topic(request: Request, draft_id: str, name: str) -> Response:
    """Take a topic away again."""
    visit = visit_of(request)
    if refusal := refuse_writer(request):
        return refusal
    draft = visit.state.draft_of(visit.account, draft_id)
    if draft is None:
        return not_found()
    draft.topics = [topic for topic in draft.topics if topic != name]
    return JSONResponse([{"name": topic} for topic in draft.topics])
