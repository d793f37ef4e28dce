"""The two languages of the dashboard: English in the code, Chinese in `translations/`: `topn.po` has the words of the
pages and of states, `sentences.po` the sentences of core.

Catalogues are read from their `.po` files at the first use, so nothing has to be compiled after a change.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.services.say import Say
from dashboard.sentences import SentenceBook

FOLDER = Path(__file__).parent / "translations"
ENGLISH, CHINESE = "en", "zh_CN"
LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
"""Code → its own name."""

Translate = Callable[[str], str]


@cache
def translator(language: str) -> Translate:
    """English → this language, words of the pages and sentences of core alike. What has no translation stays
    English."""
    if language == ENGLISH:
        return str
    words, book = _words(language), sentence_book(language)

    def translate(message: str) -> str:
        # To gettext the empty message means the head of its catalogue.
        known = words.gettext(message) if message else ""
        return book.told(message) if known == message else known

    return translate


@cache
def sayer(language: str) -> Say:
    """The same with facts filled in, for the words of core."""
    translate = translator(language)

    def say(message: str, /, **facts: object) -> str:
        told = translate(message)
        return told.format(**facts) if facts else told

    return say


@cache
def sentence_book(language: str) -> SentenceBook:
    """What core says, in this language."""
    return SentenceBook({str(one.id): str(one.string) for one in _read(language, "sentences") if one.id})


@cache
def _words(language: str) -> gettext.NullTranslations:
    compiled = BytesIO()
    write_mo(compiled, _read(language, "topn"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _read(language: str, name: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / f"{name}.po").open("rb") as source:
        return read_po(source, locale=language)


def known_language(chosen: str | None) -> str | None:
    """The language that was chosen by its code or by its own name; None: none of ours."""
    return next((code for code, name in LANGUAGES.items() if chosen in (code, name)), None)


def best_language(accept_language: str) -> str:
    """What the browser asks for (`zh-CN,zh;q=0.9,en;q=0.8`), as far as we have it; English otherwise."""
    wanted = [part.partition(";")[0].strip().replace("-", "_") for part in accept_language.split(",")]
    spelled = [CHINESE if code.lower().startswith("zh") else code for code in wanted if code]
    return negotiate_locale(spelled, list(LANGUAGES)) or ENGLISH
