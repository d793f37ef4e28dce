"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

ArticleId = Annotated[str, typer.Argument(metavar="ID", help="An article, as `python -m core tasks` lists it.")]
ArticleIds = Annotated[
    list[str], typer.Argument(metavar="ID…", help="One or more articles, as `python -m core tasks` lists them.")
]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]
