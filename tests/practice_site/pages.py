"""The pages of the imitated site: writing, reading, lists, sign-in, human check."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tests.practice_site.api_articles import draft_json
from tests.practice_site.faults import Fault
from tests.practice_site.html_text import text_of
from tests.practice_site.records import Account, Draft, Post
from tests.practice_site.session_cookies import refresh_cookies, set_visitor_cookies
from tests.practice_site.templates import Html, Templates, script_json
from tests.practice_site.visit import Visit, visit_of

router = APIRouter()
templates = Templates()
OWN_EDITOR = "/static/body_editor.js"
DRAFTJS_EDITOR = "/draftjs/draftjs_editor.js"
NEVER_ARRIVING = Html('<img src="/never" alt="" width="1" height="1">')


def to_sign_in(path: str) -> Response:
    """Where strangers are sent."""
    return RedirectResponse(f"/signin?next={quote(path, safe='')}", 302)


def _stopped_at_the_door(visit: Visit) -> Response | None:
    if visit.account is None or visit.take(Fault.SESSION_EXPIRED_ON_WRITE_PAGE):
        return to_sign_in(visit.path)
    if visit.take(Fault.UNHUMAN_AT_OPEN):
        target = f"/account/unhuman?type=S6E3V1&need_login=true&next={quote(visit.path, safe='')}"
        return RedirectResponse(target, 302)
    return None


def _page_config(request: Request, visit: Visit, account: Account, draft: Draft | None) -> dict[str, Any]:
    options = request.app.state.options
    return {
        "autosaveMs": options.autosave_ms,
        "editorModule": OWN_EDITOR if options.draftjs_modules is None else DRAFTJS_EDITOR,
        "editorDelayMs": visit.take_seconds(Fault.EDITOR_SLOW) * 1000,
        "crashes": visit.take(Fault.PAGE_CRASHES) is not None,
        "hangs": visit.take(Fault.PAGE_HANGS) is not None,
        "isRenamed": visit.take(Fault.RENAMED_SELECTORS) is not None,
        "asksToConfirm": visit.peek(Fault.CONFIRM_DIALOG) is not None,
        "rerendersButton": visit.peek(Fault.PUBLISH_BUTTON_RERENDERS) is not None,
        "ignoresReceipt": visit.peek(Fault.PUBLISH_NO_RECEIPT) is not None,
        "account": {"id": account.id, "name": account.name, "urlToken": account.url_token},
        "draft": draft_json(visit, draft) if draft else None,
    }


async def _write_page(request: Request, draft: Draft | None) -> Response:
    visit = visit_of(request)
    assert visit.account is not None
    await visit.wait(Fault.PAGE_SLOW)
    page = templates.render(
        "write.html",
        config=script_json(_page_config(request, visit, visit.account, draft)),
        name=visit.account.name,
        avatar=f"/practice/avatars/{visit.account.id}.svg",
        never=NEVER_ARRIVING if visit.take(Fault.PAGE_NEVER_FINISHES) else "",
    )
    answer = HTMLResponse(page, headers={"Cache-Control": "no-store"})
    refresh_cookies(visit, answer, request.cookies.get("z_c0"))
    if "_xsrf" not in request.cookies:
        set_visitor_cookies(answer, d_c0=visit.account.d_c0, xsrf=visit.account.xsrf)
    return answer


@router.get("/write")
async def write(request: Request) -> Response:
    """A new article; the draft is made by the first autosave."""
    return _stopped_at_the_door(visit_of(request)) or await _write_page(request, None)


@router.get("/p/{article_id}/edit")
async def edit(request: Request, article_id: str) -> Response:
    """A draft, or a published article, opened for writing."""
    visit = visit_of(request)
    if stopped := _stopped_at_the_door(visit):
        return stopped
    draft = visit.state.draft_of(visit.account, article_id)
    return await _write_page(request, draft) if draft else _wasteland()


@router.get("/p/{article_id}")
async def article(request: Request, article_id: str, just_published: str = "") -> Response:
    """The published article. While it is 审核中, only its author gets it."""
    visit = visit_of(request)
    post = visit.state.posts.get(article_id)
    is_author = bool(post and visit.account and visit.account.id == post.account_id)
    if post is None or not (post.is_public or is_author):
        return _wasteland()
    author = visit.state.accounts[post.account_id]
    cover = templates.render("cover.html", src=post.cover) if post.cover else Html("")
    tags = Html("".join(templates.render("topic_tag.html", name=name) for name in post.topics))
    notice = "" if post.is_public else "文章审核中，通过后将公开展示"
    page = templates.render(
        "article.html",
        title=post.title,
        author=author.name,
        avatar=f"/practice/avatars/{author.id}.svg",
        column=f"发布于专栏：{post.column}" if post.column else "",
        published_at=f"{post.published_at.astimezone():%Y-%m-%d %H:%M}",
        cover=cover,
        body=Html(post.content),
        topics=tags,
        notice=notice or ("发布成功" if just_published else ""),
    )
    return HTMLResponse(page)


def _wasteland() -> Response:
    return HTMLResponse(templates.render("wasteland.html"), 404)


@router.get("/creator/manage/creation/{kind}")
async def creations(request: Request, kind: str) -> Response:
    """The account's drafts, or its published articles."""
    visit = visit_of(request)
    if visit.account is None:
        return to_sign_in(visit.path)
    if kind == "draft":
        cards = [_draft_card(draft) for draft in _drafts_of(visit, visit.account)]
    else:
        cards = [_post_card(post) for post in visit.state.listed_posts(visit.account)]
    empty = Html('<p class="CreationManage-empty">还没有内容</p>')
    page = templates.render(
        "creations.html",
        name=visit.account.name,
        avatar=f"/practice/avatars/{visit.account.id}.svg",
        heading="草稿箱" if kind == "draft" else "文章",
        draft_class="is-active" if kind == "draft" else "",
        article_class="" if kind == "draft" else "is-active",
        cards=Html("".join(cards)) if cards else empty,
    )
    return HTMLResponse(page)


def _drafts_of(visit: Visit, account: Account) -> list[Draft]:
    """Drafts that the site still records as drafts, newest first."""
    posts = visit.state.posts
    drafts = [draft for draft in list(visit.state.drafts.values()) if draft.account_id == account.id]
    open_drafts = [draft for draft in drafts if draft.id not in posts or not posts[draft.id].is_recorded]
    return sorted(open_drafts, key=lambda draft: draft.updated_at, reverse=True)


def _draft_card(draft: Draft) -> Html:
    return templates.render(
        "creation_card.html",
        id=draft.id,
        url=f"/p/{draft.id}/edit",
        title=draft.title or "无标题",
        excerpt=text_of(draft.content)[:90],
        at=f"编辑于 {draft.updated_at.astimezone():%Y-%m-%d %H:%M}",
        state="草稿",
    )


def _post_card(post: Post) -> Html:
    return templates.render(
        "creation_card.html",
        id=post.id,
        url=f"/p/{post.id}",
        title=post.title,
        excerpt=text_of(post.content)[:90],
        at=f"发布于 {post.published_at.astimezone():%Y-%m-%d %H:%M}",
        state="已发布" if post.is_public else "审核中",
    )


@router.get("/signin")
async def sign_in(request: Request) -> Response:
    """The sign-in page, QR code first. Those who are signed in already are sent on."""
    visit = visit_of(request)
    target = request.query_params.get("next", "/")
    target = target if target.startswith("/") and not target.startswith("//") else "/"
    answer = HTMLResponse(templates.render("signin.html", config=script_json({"next": target})))
    if "_xsrf" not in request.cookies:
        d_c0 = visit.owner.d_c0 if visit.owner else secrets.token_urlsafe(24)
        set_visitor_cookies(answer, d_c0=d_c0, xsrf=secrets.token_hex(16))
    return answer


@router.get("/account/unhuman")
async def unhuman(request: Request) -> Response:
    """The human check."""
    return HTMLResponse(templates.render("unhuman.html", next=request.query_params.get("next", "/")))


@router.get("/")
async def home(request: Request) -> Response:
    """The front page; the imitation has none, so it leads to where things are."""
    visit = visit_of(request)
    if visit.account is None:
        return to_sign_in("/")
    return RedirectResponse("/creator/manage/creation/article", 302)


@router.get("/never")
async def never(request: Request) -> Response:
    """A picture that never arrives."""
    while not await request.is_disconnected():
        await asyncio.sleep(0.2)
    return Response()
