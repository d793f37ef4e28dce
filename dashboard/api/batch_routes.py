"""Many articles at once, as JSON or as a CSV file: one reader, one set of faults for both."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request

from core import wiring
from core.errors import Fault, InvalidInput, ServiceUnavailable
from core.services.batch_receipt import BatchReceipt
from core.services.csv_import import ParsedCsv, parse_csv
from core.services.csv_text import MAX_FILE_BYTES
from core.services.row_number import MAX_DIGITS
from core.settings import get_settings
from core.store.records import Actor
from dashboard.api.answers import Batch, BatchAccepted, BatchPage
from dashboard.api.caller import Caller
from dashboard.api.cursor import LARGEST_PAGE, PAGE, Before, next_cursor
from dashboard.api.shapes import BatchTask, NewBatch
from dashboard.task_states import describe

router = APIRouter(tags=["batches"])
COLUMNS = (
    "title", "content", "format", "platform", "account", "column", "topics", "scheduled_at", "mode", "priority",
    "client_ref",
)  # fmt: skip


@router.post("/batches", status_code=HTTPStatus.ACCEPTED)
def create_batch(new: NewBatch, actor: Caller) -> BatchAccepted:
    """Hand in many articles as JSON: all of them, or none and every fault. Row 2 is the first article."""
    return _submit(
        parse_csv(_as_csv(new.tasks), zone=get_settings().zone, may_be_of_excel=False),
        actor,
        name=new.name,
        skip_bad_rows=new.skip_bad_rows,
        allow_duplicates=new.allow_duplicates,
    )


async def read_body(request: Request) -> bytes:
    """The file, read up to what is allowed. Raises InvalidInput."""
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > MAX_FILE_BYTES:
            reason = f"is larger than {MAX_FILE_BYTES // 1024 // 1024} MB."
            raise InvalidInput([Fault("file", reason, "Split it into smaller files.")])
    return bytes(chunks)


@router.post("/batches/csv", status_code=HTTPStatus.ACCEPTED)
def create_batch_of_csv(
    actor: Caller,
    body: Annotated[bytes, Depends(read_body)],
    name: Annotated[str, Query(max_length=255)] = "",
    account: str = "",
    without_covers: bool = False,
    skip_bad_rows: bool = False,
    allow_duplicates: bool = False,
) -> BatchAccepted:
    """Hand in a CSV file as the request's body. The same file again is the same batch. It cannot bring covers along:
    rows that name one are refused, or go without it when you say `without_covers`."""
    parsed = parse_csv(body, zone=get_settings().zone, default_account=account, without_covers=without_covers)
    return _submit(parsed, actor, name=name, skip_bad_rows=skip_bad_rows, allow_duplicates=allow_duplicates)


@router.get("/batches")
def list_batches(
    actor: Caller, before: Before, limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE
) -> BatchPage:
    """The newest first; an operator sees its own."""
    found = wiring.get_batch_viewer().recent(actor=actor, before_id=before, size=limit)
    return BatchPage(
        batches=[Batch.of(batch) for batch in found], next_cursor=next_cursor([one.id for one in found], limit)
    )


@router.get("/batches/{batch_id}")
def get_batch(batch_id: Annotated[int, Path(ge=1, lt=10**MAX_DIGITS)], actor: Caller) -> Batch:
    """How its articles stand. `GET /tasks?batch=` lists them."""
    return Batch.of(wiring.get_batch_viewer().get(batch_id, actor=actor))


def _submit(
    parsed: ParsedCsv, actor: Actor, *, name: str, skip_bad_rows: bool, allow_duplicates: bool
) -> BatchAccepted:
    receipt = wiring.get_task_manager().submit_batch(
        parsed, actor=actor, name=name, skip_bad_rows=skip_bad_rows, allow_duplicates=allow_duplicates
    )
    return BatchAccepted(
        batch=receipt.batch_id,
        tasks=[task.public_id for task in receipt.tasks],
        new=receipt.new,
        in_line=receipt.is_in_line,
        ahead=_ahead(receipt, actor),
    )


def _ahead(receipt: BatchReceipt, actor: Actor) -> int | None:
    """Of its first article. The batch is accepted, whatever cannot be told of it."""
    if not receipt.is_in_line:
        return None
    with suppress(ServiceUnavailable):
        first = wiring.get_task_manager().get(receipt.tasks[0].public_id, actor=actor)
        return describe(first, actor).ahead
    return None


def _as_csv(tasks: list[BatchTask]) -> bytes:
    """What no file of text holds is treated as it is in an article by itself: half a character is stored as a question
    mark, and NUL, which nobody sees, is left out."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for task in tasks:
        facts = task.model_dump(mode="json")
        facts["topics"] = "|".join(task.topics)
        writer.writerow(["" if facts[column] is None else facts[column] for column in COLUMNS])
    return text.getvalue().replace("\0", "").encode(errors="replace")
