"""The page for people at /practice/: what was posted by whom, and switches for the faults."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from tests.practice_site.fault_labels import FAULT_LABELS
from tests.practice_site.faults import Fault, FaultRule
from tests.practice_site.html_text import text_length
from tests.practice_site.practice_api import site
from tests.practice_site.records import Account, Draft
from tests.practice_site.session_cookies import exported_cookies
from tests.practice_site.state import SiteState
from tests.practice_site.templates import Html, Templates, script_json

router = APIRouter(prefix="/practice")
templates = Templates()
NOTHING = Html('<tr><td colspan="9" class="empty">还没有</td></tr>')


@router.get("/")
async def practice_page(request: Request) -> Response:
    """Everything at a glance; it refreshes itself."""
    state = site(request)
    posts = state.posts_as_json()
    doubles = sum(post["post_count"] > 1 for post in posts)
    page = templates.render(
        "practice.html",
        account_count=len(state.accounts),
        post_count=len(posts),
        draft_count=len(state.drafts) - len(posts),
        double_count=doubles,
        double_class="is-bad" if doubles else "",
        accounts=_rows([_account_row(state, account) for account in state.accounts.values()]),
        posts=_rows([templates.render("practice_post.html", **_post_values(post)) for post in reversed(posts)]),
        drafts=_rows([_draft_row(state, draft) for draft in reversed(list(state.drafts.values()))]),
        faults=_rows([_fault_row(state, rule) for rule in state.faults.all()]),
        fault_options=Html("".join(_option(fault.value, label) for fault, label in FAULT_LABELS.items())),
        account_options=Html("".join(_option(account.id, account.name) for account in state.accounts.values())),
        codes=_rows([_code_row(state, code.token) for code in state.qr_codes.open()]),
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _rows(rows: list[Html]) -> Html:
    return Html("".join(rows)) if rows else NOTHING


def _option(value: str, label: str) -> Html:
    return templates.render("practice_option.html", value=value, label=label)


def _post_values(post: dict[str, object]) -> dict[str, object]:
    return {
        "url": post["url"],
        "title": post["title"],
        "account": post["account"],
        "length": post["text_length"],
        "at": str(post["published_at"])[11:19],
        "state": "审核中" if post["site_state"] == "under_review" else "已发布",
        "post_count": post["post_count"],
        "publish_requests": post["publish_requests"],
        "clicks": post["clicks"],
        "row_class": "is-bad" if post["post_count"] != 1 else "",
    }


def _account_row(state: SiteState, account: Account) -> Html:
    own = [draft for draft in state.drafts.values() if draft.account_id == account.id]
    return templates.render(
        "practice_account.html",
        id=account.id,
        name=account.name,
        posts=sum(draft.id in state.posts for draft in own),
        drafts=sum(draft.id not in state.posts for draft in own),
        publish_requests=sum(draft.publish_requests for draft in own),
        clicks=sum(draft.clicks for draft in own),
        most=max((draft.post_count for draft in own), default=0),
        signed_in="是" if account.sessions else "否",
    )


def _draft_row(state: SiteState, draft: Draft) -> Html:
    return templates.render(
        "practice_draft.html",
        id=draft.id,
        title=draft.title or "无标题",
        account=state.accounts[draft.account_id].name,
        length=text_length(draft.content),
        saves=draft.saves,
        publish_requests=draft.publish_requests,
        clicks=f"{draft.clicks} / {draft.untrusted_clicks}",
        state="已发布" if draft.id in state.posts else "草稿",
    )


def _fault_row(state: SiteState, rule: FaultRule) -> Html:
    account = state.accounts.get(rule.account_id or "")
    return templates.render(
        "practice_fault.html",
        fault=rule.fault.value,
        label=FAULT_LABELS[rule.fault],
        account=account.name if account else "所有账号",
        account_id=rule.account_id or "",
        left="直到关闭" if rule.times is None else f"还有 {rule.times} 次",
        fired=rule.fired,
    )


def _code_row(state: SiteState, token: str) -> Html:
    options = Html("".join(_option(account.id, account.name) for account in state.accounts.values()))
    return templates.render("practice_code.html", token=token, account_options=options)


def _back() -> Response:
    return RedirectResponse("/practice/", 303)


@router.post("/form/account")
async def add_account(request: Request, name: Annotated[str, Form(max_length=60)]) -> Response:
    """The page's form for a new account."""
    site(request).add_account(name.strip() or "无名")
    return _back()


@router.post("/form/fault")
async def set_fault(
    request: Request,
    fault: Annotated[Fault, Form()],
    account_id: Annotated[str, Form()] = "",
    times: Annotated[str, Form()] = "",
    seconds: Annotated[float, Form()] = 0,
) -> Response:
    """The page's form for switching a fault on."""
    left = int(times) if times.isdigit() and int(times) > 0 else None
    site(request).faults.set(FaultRule(fault, account_id or None, left, seconds=seconds))
    return _back()


@router.post("/form/clear")
async def clear_fault(
    request: Request, fault: Annotated[str, Form()] = "", account_id: Annotated[str, Form()] = ""
) -> Response:
    """The page's button for switching one fault, or all, off."""
    site(request).faults.clear(fault=Fault(fault) if fault else None, account_id=account_id or None)
    return _back()


@router.post("/form/scan")
async def confirm_code(request: Request, token: Annotated[str, Form()], account_id: Annotated[str, Form()]) -> Response:
    """The page's button that plays the phone."""
    code = site(request).qr_codes.get(token)
    if code is not None and account_id in site(request).accounts:
        code.is_scanned = True
        code.account_id = account_id
    return _back()


@router.get("/accounts/{account_id}/cookies.json")
async def cookies_file(request: Request, account_id: str) -> Response:
    """The account's cookies as a file, as Cookie-Editor would export them."""
    account = site(request).accounts.get(account_id)
    if account is None:
        return PlainTextResponse("no such account", 404)
    if not account.sessions:
        site(request).sign_in(account)
    body = script_json(exported_cookies(account, str(request.base_url)))
    name = f'attachment; filename="practice-{account.id[-6:]}-cookies.json"'
    return Response(body, media_type="application/json", headers={"Content-Disposition": name})
