"""`python -m core edit` and `change-account`: another text, or another account, for articles that are not online."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core import wiring
from core.commands.arguments import ArticleId, ArticleIds
from core.commands.files import read_file
from core.commands.lookups import ME
from core.commands.submit_one import FORMAT_OF_ENDING
from core.commands.terminal import Exit, counted, is_terminal, say, warn
from core.services.bulk_change import UNCHANGED, BulkAction, BulkChange, Effect
from core.services.bulk_manager import BulkPlan
from core.services.csv_files import MAX_BODY_FILE_BYTES
from core.services.csv_text import decode
from core.services.pictures import MAX_PICTURE_BYTES
from core.services.submission import ArticleChanges, TaskUpdate
from core.store.records import AccountView

EFFECTS = {
    Effect.MOVED: "{number} to account {account}.",
    Effect.MOVED_FROM_DRAFT: "{number} to account {account}; a draft stays on the present one, a new one is written.",
    Effect.THERE_ALREADY: "{number} on account {account} already.",
    Effect.NOT_THEIRS: "{number} of another user or platform left as it is.",
    Effect.LEFT: "{number} left as it is: being published, ended, or perhaps online.",
}


def edit(
    task_id: ArticleId,
    title: Annotated[str | None, typer.Option(help="At most 100 characters.")] = None,
    file: Annotated[Path | None, typer.Option(help="The text; - reads standard input.")] = None,
    content_format: Annotated[
        str, typer.Option("--format", help="markdown, html or text; left out: by the file's ending.")
    ] = "",
    topic: Annotated[list[str] | None, typer.Option(help="At most three times; all of them anew.")] = None,
    no_topics: Annotated[bool, typer.Option("--no-topics", help="Without topics.")] = False,
    column: Annotated[str | None, typer.Option(help="A column of the account; '' for none.")] = None,
    cover: Annotated[Path | None, typer.Option(help="A picture: PNG, JPEG or WebP.")] = None,
    no_cover: Annotated[bool, typer.Option("--no-cover", help="Without a cover.")] = False,
    mode: Annotated[str | None, typer.Option(help="publish, or draft: only save a draft on the site.")] = None,
    resend: Annotated[bool, typer.Option("--resend", help="Try it again at once if it has failed.")] = False,
) -> None:
    """Change the text of an article that is not online; what is left out stays. The old text is kept."""
    format_of_file = "" if file is None else FORMAT_OF_ENDING.get(file.suffix.lower(), "")
    changes = ArticleChanges(
        title=title,
        content=None if file is None else decode(read_file(file, MAX_BODY_FILE_BYTES, "--file"))[0],
        content_format=content_format or format_of_file or None,
        column=column,
        topics=() if no_topics else None if topic is None else tuple(topic),
        cover=None if cover is None else read_file(cover, MAX_PICTURE_BYTES, "--cover"),
        without_cover=no_cover,
        mode=mode,
    )
    if changes == ArticleChanges() and not resend:
        raise typer.BadParameter("Say what is to change: see `python -m core edit --help`.")
    view = wiring.get_task_manager().change(task_id, TaskUpdate(article=changes, resend=resend), actor=ME)
    version = wiring.get_task_manager().article(view.id, actor=ME).version
    again = " It is tried again." if resend else ""
    say(f"{view.public_id} is changed; this is version {version} of it.{again}")


def change_account(
    task_ids: ArticleIds,
    to: Annotated[str, typer.Option("--to", help="The name of the other account.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give articles that are not online to another account of their owner, after showing what that does."""
    manager = wiring.get_task_manager()
    tasks = [manager.get(name, actor=ME) for name in dict.fromkeys(task_ids)]
    account = wiring.get_account_manager().find(to, actor=ME, platform=tasks[0].platform, user_id=tasks[0].user_id)
    bulk = wiring.get_bulk_manager()
    plan = bulk.plan(BulkChange(BulkAction.ACCOUNT, account=account), [task.id for task in tasks], actor=ME)
    _show(plan, account)
    if not plan.ids:
        raise typer.Exit(Exit.FAILED)
    _ask(f"Change the account of {counted(len(plan.ids), 'article')}?", yes=yes)
    receipt = bulk.carry_out(plan, actor=ME)
    for refused in receipt.refused:
        warn(str(refused))
    if receipt.stopped is not None:
        warn(f"Not all were reached: {receipt.stopped}")
    say(f"{counted(receipt.changed, 'article')} changed.")
    is_whole = receipt.changed == plan.number and receipt.stopped is None
    if not is_whole:
        raise typer.Exit(Exit.PARTLY if receipt.changed else Exit.FAILED)


def _show(plan: BulkPlan, account: AccountView) -> None:
    for effect, words in EFFECTS.items():
        number = plan.effects.get(effect)
        if number:
            tell = warn if effect in UNCHANGED else say
            tell(words.format(number=counted(number, "article"), account=account.name))


def _ask(question: str, *, yes: bool) -> None:
    if yes or not is_terminal():
        return
    if not typer.confirm(question):
        warn("Nothing was changed.")
        raise typer.Exit(Exit.FAILED)
