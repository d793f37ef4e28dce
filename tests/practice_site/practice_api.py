"""The control API under /practice/: accounts, faults, and what has happened."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from tests.practice_site.faults import Fault, FaultRule
from tests.practice_site.session_cookies import exported_cookies
from tests.practice_site.state import DEFAULT_COLUMNS, SiteState

router = APIRouter(prefix="/practice")


class NewAccount(BaseModel):
    """An account to make."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=60)
    columns: tuple[str, ...] = DEFAULT_COLUMNS


class NewFault(BaseModel):
    """A fault to switch on; see `FaultRule` for the fields."""

    model_config = ConfigDict(extra="forbid")
    fault: Fault
    account_id: str | None = None
    times: int | None = Field(default=None, ge=1)
    method: str | None = None
    path: str | None = None
    query: str | None = None
    seconds: float = Field(default=0, ge=0, le=3600)
    status: int = Field(default=500, ge=400, le=599)
    code: int = Field(default=100_013, ge=1)
    message: str = ""


class Click(BaseModel):
    """A press of the publish button, told by the page."""

    draft_id: str
    is_trusted: bool


class QrAction(BaseModel):
    """What the phone does with a code: scan it, or confirm it as an account."""

    account_id: str | None = None


def site(request: Request) -> SiteState:
    """The state of the site that this request came to."""
    state: SiteState = request.app.state.site
    return state


@router.get("/health")
async def health() -> dict[str, bool]:
    """Whether the site answers."""
    return {"ok": True}


@router.post("/accounts")
async def add_account(request: Request, new: NewAccount) -> dict[str, Any]:
    """A new account with the cookies of its first sign-in."""
    account = site(request).add_account(new.name, new.columns)
    return {**account.as_json(), "cookies": exported_cookies(account, str(request.base_url))}


@router.get("/accounts")
async def accounts(request: Request) -> list[dict[str, Any]]:
    """All accounts, without their sign-ins."""
    return [account.as_json() for account in site(request).accounts.values()]


@router.post("/accounts/{account_id}/cookies")
async def sign_in_again(request: Request, account_id: str) -> list[dict[str, Any]]:
    """The cookies of a fresh sign-in."""
    account = site(request).accounts.get(account_id)
    if account is None:
        raise HTTPException(404, "no such account")
    site(request).sign_in(account)
    return exported_cookies(account, str(request.base_url))


@router.delete("/accounts/{account_id}/sessions")
async def sign_out(request: Request, account_id: str) -> dict[str, bool]:
    """End every sign-in of the account, for good."""
    account = site(request).accounts.get(account_id)
    if account is None:
        raise HTTPException(404, "no such account")
    site(request).sign_out(account)
    return {"ok": True}


@router.get("/avatars/{account_id}.svg")
async def avatar(request: Request, account_id: str) -> Response:
    """A disc with the first letter of the name, in a colour of its own."""
    accounts = site(request).accounts
    letter = accounts[account_id].name[:1] if account_id in accounts else "?"
    place = list(accounts).index(account_id) if account_id in accounts else 0
    hue = 210 + place * 137  # The golden angle keeps neighbours far apart in colour.
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" rx="32" '
        f'fill="hsl({hue} 52% 52%)"/><text x="32" y="43" font-size="30" font-family="sans-serif" fill="#fff" '
        f'text-anchor="middle">{letter if letter not in "<&" else "?"}</text></svg>'
    )
    return Response(svg, media_type="image/svg+xml")


@router.put("/faults")
async def set_fault(request: Request, new: NewFault) -> dict[str, Any]:
    """Switch a fault on; it replaces one for the same fault, account, method, path and query."""
    if new.account_id is not None and new.account_id not in site(request).accounts:
        raise HTTPException(404, "no such account")
    return site(request).faults.set(FaultRule(**new.model_dump())).as_json()


@router.get("/faults")
async def faults(request: Request) -> list[dict[str, Any]]:
    """The faults switched on, with how often each has hit."""
    return [rule.as_json() for rule in site(request).faults.all()]


@router.delete("/faults")
async def clear_faults(request: Request, fault: Fault | None = None, account_id: str | None = None) -> dict[str, int]:
    """Switch faults off: those that match, or all."""
    return {"cleared": site(request).faults.clear(fault=fault, account_id=account_id)}


@router.post("/faults/let-go")
async def let_go(request: Request, account_id: str | None = None) -> dict[str, bool]:
    """Let the requests that faults hold go on."""
    site(request).faults.let_go(account_id)
    return {"ok": True}


@router.get("/posts")
async def posts(request: Request) -> list[dict[str, Any]]:
    """Everything that was published, oldest first."""
    return site(request).posts_as_json()


@router.get("/drafts")
async def drafts(request: Request) -> list[dict[str, Any]]:
    """Every draft, published or not."""
    return [draft.as_json() for draft in list(site(request).drafts.values())]


@router.get("/requests")
async def requests(request: Request, account_id: str | None = None, path: str = "") -> list[dict[str, Any]]:
    """The log of requests, oldest first; `path` is a beginning."""
    return [
        entry.as_json()
        for entry in list(site(request).requests)
        if account_id in (None, entry.account_id) and entry.path.startswith(path)
    ]


@router.post("/clicks")
async def count_click(request: Request, click: Click) -> dict[str, bool]:
    """The page tells of each press of its publish button, whatever comes of it."""
    draft = site(request).drafts.get(click.draft_id)
    if draft is not None:
        if click.is_trusted:
            draft.clicks += 1
        else:
            draft.untrusted_clicks += 1
    return {"ok": draft is not None}


@router.get("/qrcodes")
async def qr_codes(request: Request) -> list[dict[str, Any]]:
    """The codes that wait for a phone."""
    return [{"token": code.token, "is_scanned": code.is_scanned} for code in site(request).qr_codes.open()]


@router.post("/qrcodes/{token}")
async def use_qr_code(request: Request, token: str, action: QrAction) -> dict[str, bool]:
    """Be the phone: scan the code, or confirm it as `account_id`."""
    code = site(request).qr_codes.get(token)
    if code is None or code.is_expired:
        raise HTTPException(404, "no such code, or expired")
    if action.account_id is not None and action.account_id not in site(request).accounts:
        raise HTTPException(404, "no such account")
    code.is_scanned = True
    code.account_id = action.account_id
    return {"ok": True}


@router.post("/reset")
async def reset(request: Request) -> dict[str, bool]:
    """Forget everything."""
    site(request).reset()
    return {"ok": True}
