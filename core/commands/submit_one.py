"""`python -m core submit-one`: handing in one article."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core import wiring
from core.commands.files import read_file
from core.commands.lookups import ME, time_given, user_named
from core.commands.terminal import say, say_json
from core.errors import Conflict
from core.services.csv_files import MAX_BODY_FILE_BYTES
from core.services.csv_text import decode
from core.services.pictures import MAX_PICTURE_BYTES
from core.services.submission import Submission

FORMAT_OF_ENDING = {".html": "html", ".htm": "html", ".txt": "text"}


def submit_one(
    user: Annotated[str, typer.Option(help="Whose article.")],
    title: Annotated[str, typer.Option(help="At most 100 characters.")],
    file: Annotated[Path, typer.Option(help="The text; - reads standard input.")],
    account: Annotated[str, typer.Option(help="Which account; may be left out when there is only one.")] = "",
    content_format: Annotated[
        str, typer.Option("--format", help="markdown, html or text; left out: by the file's ending.")
    ] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Only save a draft on the site.")] = False,
    at: Annotated[str | None, typer.Option(help="Not before this time, such as '2027-01-31 09:00'.")] = None,
    priority: Annotated[int, typer.Option(help="0 to 9, higher goes first.")] = 5,
    client_ref: Annotated[
        str | None, typer.Option(help="Your own reference: the same one again is the same article.")
    ] = None,
    column: Annotated[str | None, typer.Option(help="A column of the account.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="At most three times.")] = None,
    cover: Annotated[Path | None, typer.Option(help="A picture: PNG, JPEG or WebP.")] = None,
    platform: Annotated[str, typer.Option(help="The platform.")] = "zhihu",
    allow_duplicates: Annotated[
        bool, typer.Option("--allow-duplicates", help="Also when it was handed in before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Hand in one article."""
    owner = user_named(user)
    submission = Submission(
        account=account,
        title=title,
        content=decode(read_file(file, MAX_BODY_FILE_BYTES, "--file"))[0],
        content_format=content_format or FORMAT_OF_ENDING.get(file.suffix.lower(), "markdown"),
        platform=platform,
        mode="draft" if draft else "publish",
        column=column,
        topics=tuple(topic or ()),
        cover=None if cover is None else read_file(cover, MAX_PICTURE_BYTES, "--cover"),
        run_at=time_given(at, "--at"),
        priority=priority,
        client_ref=client_ref,
    )
    manager = wiring.get_task_manager()
    if client_ref is None and not allow_duplicates:
        earlier = manager.earlier(submission, actor=ME, user_id=owner.id)
        if earlier is not None:
            raise Conflict(
                "This article",
                f"was handed in before, as {earlier.public_id}.",
                "Add --allow-duplicates if it is meant.",
            )
    task = manager.submit(submission, actor=ME, user_id=owner.id)
    if as_json:
        say_json({"id": task.public_id, "number": task.id, "status": task.status})
    else:
        say(f"Handed in as {task.public_id}. Follow it with: python -m core task {task.public_id}")
