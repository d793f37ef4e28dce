"""Who is signed in, their columns, topics, and the pictures and documents they hand in."""

from __future__ import annotations

from html import escape
from pathlib import PurePath

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from tests.practice_site.api_articles import refuse_writer
from tests.practice_site.faults import Fault
from tests.practice_site.session_cookies import refresh_cookies
from tests.practice_site.visit import not_found, not_signed_in, visit_of

router = APIRouter()
UNKNOWN_TOPICS = "无此"
TOPICS = (
    "Python", "Python 入门", "编程", "程序员", "人工智能", "大语言模型", "机器学习", "数据库", "MySQL",
    "Redis", "Linux", "软件工程", "自动化测试", "浏览器", "写作", "阅读", "历史", "经济", "健康", "旅行",
)  # fmt: skip
IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
MAX_IMAGE_BYTES = 10 * 1024 * 1024


@router.get("/api/v4/me")
async def me(request: Request) -> Response:
    """The probe: 200 and a name, or 401."""
    visit = visit_of(request)
    if visit.account is None:
        return not_signed_in()
    account = visit.account
    answer = JSONResponse(
        {
            "id": account.id,
            "name": account.name,
            "url_token": account.url_token,
            "avatar_url": f"/practice/avatars/{account.id}.svg",
            "user_type": "people",
            "articles_count": sum(post.account_id == account.id for post in list(visit.state.posts.values())),
        }
    )
    refresh_cookies(visit, answer)
    return answer


@router.get("/api/v4/members/{url_token}/column-contributions")
async def columns(request: Request, url_token: str) -> Response:
    """The columns this account may publish to."""
    visit = visit_of(request)
    if visit.account is None:
        return not_signed_in()
    if visit.account.url_token != url_token:
        return not_found()
    shelf = [
        {"column": {"id": column.id, "title": column.title, "url": f"/column/{column.id}"}}
        for column in visit.account.columns
    ]
    return JSONResponse({"data": shelf, "paging": {"is_end": True, "totals": len(shelf)}})


@router.get("/api/autocomplete/topics")
async def find_topics(token: str = "", max_matches: int = 5) -> Response:
    """Topics whose name holds the words; a new name is offered too, as the real site knows nearly all, unless it
    begins with 无此."""
    words = token.strip()
    found = [name for name in TOPICS if words.lower() in name.lower()] if words else []
    if words and words not in found and not words.startswith(UNKNOWN_TOPICS):
        found.insert(0, words)
    return JSONResponse([{"id": str(19_550_000 + i), "name": name} for i, name in enumerate(found[:max_matches])])


@router.post("/api/uploaded_images")
async def upload_image(request: Request) -> Response:
    """A picture by its address (`url=`) or as a file (`picture=`)."""
    visit = visit_of(request)
    if refusal := refuse_writer(request):
        return refusal
    if visit.take(Fault.IMAGE_LOST):
        return JSONResponse({"error": {"message": "图片上传失败，请重新上传", "code": 500}}, 500)
    async with request.form() as form:
        picture = form.get("picture")
        if isinstance(picture, UploadFile):
            data = await picture.read()
            if picture.content_type not in IMAGE_TYPES:
                return JSONResponse({"error": {"message": "图片格式不支持", "code": 400}}, 400)
            if len(data) > MAX_IMAGE_BYTES:
                return JSONResponse({"error": {"message": "图片过大", "code": 400}}, 400)
            src = visit.state.images.keep(picture.content_type, data)
        else:
            src = visit.state.images.keep_address(str(form.get("url", "")))
    base = str(request.base_url).rstrip("/")
    return JSONResponse({"src": base + src, "original_src": base + src, "hash": PurePath(src).stem})


@router.get("/pic/{name}")
async def picture(request: Request, name: str) -> Response:
    """A picture that was handed in."""
    found = request.app.state.site.images.get(name)
    return Response(found[1], media_type=found[0]) if found else not_found()


@router.post("/api/v4/document/convert")
async def convert(request: Request) -> Response:
    """A Markdown file as HTML, roughly: the heading's level goes down by one, as on the real site."""
    if refusal := refuse_writer(request):
        return refusal
    async with request.form() as form:
        document = form.get("document")
        if not isinstance(document, UploadFile):
            return JSONResponse({"code": 100_003, "message": "请选择文档"})
        text = (await document.read()).decode("utf-8", errors="replace")
    html = "".join(_convert_paragraph(part) for part in text.split("\n\n") if part.strip())
    return JSONResponse({"code": 0, "data": {"html_content": html}})


def _convert_paragraph(text: str) -> str:
    text = text.strip()
    level = len(text) - len(text.lstrip("#"))
    if 0 < level <= 2 and text[level : level + 1] == " ":
        return f"<h{level + 1}>{escape(text[level + 1 :])}</h{level + 1}>"
    return f"<p>{escape(text)}</p>"
