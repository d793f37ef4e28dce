"""`python -m core submit-one`: handing in one article."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core import wiring
from core.commands.files import read_file
from core.commands.lookups import ME, task_words, time_given, user_named
from core.commands.next_steps import NOBODY_PUBLISHES
from core.commands.terminal import say, say_json, warn
from core.errors import Conflict, Repeated
from core.services.csv_files import MAX_BODY_FILE_BYTES
from core.services.csv_text import decode
from core.services.pictures import MAX_PICTURE_BYTES
from core.services.submission import Submission

FORMAT_OF_ENDING = {".html": "html", ".htm": "html", ".txt": "text"}


User = Annotated[str, typer.Option(help="Whose article.")]
Title = Annotated[str, typer.Option(help="At most 100 characters.")]
Text = Annotated[Path, typer.Option(help="The text; - reads standard input.")]
Account = Annotated[str, typer.Option(help="Which account; may be left out when there is only one.")]
Format = Annotated[str, typer.Option("--format", help="markdown, html or text; left out: by the file's ending.")]
Draft = Annotated[bool, typer.Option("--draft", help="Only save a draft on the site.")]
At = Annotated[str | None, typer.Option(help="Not before this time, such as '2027-01-31 09:00'.")]
Priority = Annotated[int, typer.Option(help="0 to 9, higher goes first.")]
ClientRef = Annotated[str | None, typer.Option(help="Your own reference: the same one again is the same article.")]
Column = Annotated[str | None, typer.Option(help="A column of the account.")]
Topic = Annotated[list[str] | None, typer.Option(help="At most three times.")]
Cover = Annotated[Path | None, typer.Option(help="A picture: PNG, JPEG or WebP.")]
Platform = Annotated[str, typer.Option(help="The platform.")]
AllowDuplicates = Annotated[bool, typer.Option("--allow-duplicates", help="Also when it was handed in before.")]
ForPrograms = Annotated[bool, typer.Option("--json", help="For programs.")]


def submit_one(
    user: User,
    title: Title,
    file: Text,
    account: Account = "",
    content_format: Format = "",
    draft: Draft = False,
    at: At = None,
    priority: Priority = 5,
    client_ref: ClientRef = None,
    column: Column = None,
    topic: Topic = None,
    cover: Cover = None,
    platform: Platform = "zhihu",
    allow_duplicates: AllowDuplicates = False,
    for_programs: ForPrograms = False,
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
    # Without a reference nobody can tell an article handed in twice by mistake from one that is meant.
    refuse_repeat = client_ref is None and not allow_duplicates
    try:
        task = wiring.get_task_manager().submit(submission, actor=ME, user_id=owner.id, refuse_repeat=refuse_repeat)
    except Repeated as error:
        reason = f"was handed in before, as {error.public_id}."
        raise Conflict("This article", reason, "Add --allow-duplicates if it is meant.") from error
    if for_programs:
        say_json({"id": task.public_id, "number": task.id, "status": task.status})
    else:
        say(f"Handed in as {task.public_id}. Follow it with: python -m core task {task.public_id}")
        if task_words().has_workers is False:
            warn(NOBODY_PUBLISHES)
