"""The account's own list of published articles, a page at a time, as the creator page reads it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from tests.practice_site.records import Post
from tests.practice_site.visit import not_signed_in, visit_of

router = APIRouter()
PATH = "/api/v4/creators/creations/v2/article"
MOST = 20


@router.get(PATH)
async def creations(request: Request, limit: int = 10, offset: int = 0) -> Response:
    """The newest first. What is under review or not listed yet is left out, here and in `totals`."""
    visit = visit_of(request)
    if visit.account is None:
        return not_signed_in()
    posts = visit.state.listed_posts(visit.account)
    size = min(max(limit, 1), MOST)
    shown = posts[max(offset, 0) :][:size]
    following = offset + len(shown)
    return JSONResponse(
        {
            "data": [_item(post) for post in shown],
            "paging": {
                "is_start": offset == 0,
                "is_end": following >= len(posts),
                "totals": len(posts),
                "next": f"{str(request.base_url).rstrip('/')}{PATH}?limit={size}&offset={following}",
            },
        }
    )


def _item(post: Post) -> dict[str, Any]:
    at = int(post.published_at.timestamp())
    data = {"id": post.id, "url_token": post.id, "title": post.title, "created_time": at, "updated_time": at}
    counts = {"read_count": 0, "vote_up_count": 0, "comment_count": 0, "collect_count": 0}
    return {"type": "article", "data": data, "reaction": counts}
