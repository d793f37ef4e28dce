"""Log lines one below the other, each as long as it needs to be: a table would cut what matters most."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from core.services.log_viewer import LogLine
from core.services.log_words import EVENTS, HIDDEN, LEVELS, event_words, fact_words
from dashboard.languages import ENGLISH
from dashboard.text import LANGUAGE_KEY, _, full_clock, language, local

FIRST = ("title", "reason", "message", "error", "remedy", "step")
"""Facts that say most, in this order; the others follow."""
LONG, SHOWN = 300, 80
"""What is longer is folded, and begins so."""
STYLE = """
<style>
.topn-log { font-size: 14px; line-height: 1.5; }
.topn-log > div { display: grid; grid-template-columns: 8.2em 5.8em 1fr; gap: 0 12px; padding: 8px 0;
  align-items: start; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.topn-log time, .topn-log small { opacity: .72; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.topn-log small { font-size: 13px; }
.topn-log section { min-width: 0; overflow-wrap: anywhere; }
.topn-log b { --tint: #6b7785; justify-self: start; padding: 0 8px; border-radius: 6px; font-size: 13px;
  font-weight: 400; color: color-mix(in srgb, var(--tint) 62%, currentColor);
  background: color-mix(in srgb, var(--tint) 16%, transparent); }
.topn-log b.warning { --tint: #c77700; }
.topn-log b.error, .topn-log b.critical { --tint: #d92d2d; }
.topn-log a { color: inherit; }
.topn-log pre { margin: 4px 0 0; padding: 8px 12px; border-radius: 6px; font-size: 12px; white-space: pre-wrap;
  overflow-wrap: anywhere; background: color-mix(in srgb, currentColor 7%, transparent); }
.topn-log summary { cursor: pointer; font-size: 13px; opacity: .72; }
@media (max-width: 640px) {
  .topn-log > div { grid-template-columns: auto 1fr; }
  .topn-log section { grid-column: 1 / -1; }
}
</style>
"""


def draw_lines(lines: Sequence[LogLine]) -> None:
    """The first one on top."""
    st.html(f'{STYLE}<div class="topn-log">{"".join(_line(line) for line in lines)}</div>')


def words_of_line(line: LogLine) -> str:
    """What happened, in the visitor's language where it is an event of TOP_N's own."""
    if line.words and language() == ENGLISH:
        return line.words
    return _(event_words(line.event) or line.words or line.event)


def events_with(text: str) -> frozenset[str]:
    """The events whose words, as the visitor reads them, hold this text in any case of letters."""
    wanted = text.casefold()
    return frozenset(event for event in EVENTS if wanted and wanted in _(EVENTS[event]).casefold())


def _line(line: LogLine) -> str:
    at = local(line.at)
    level = escape(line.level)
    return (
        f'<div><time title="{escape(full_clock(line.at))}">{at:%m-%d %H:%M:%S}</time>'
        f'<b class="{level}">{escape(_(LEVELS.get(line.level, line.level)))}</b>'
        f"<section>{escape(words_of_line(line))}{_facts(line)}</section></div>"
    )


def _facts(line: LogLine) -> str:
    names = [name for name in FIRST if name in line.facts]
    names += sorted(line.facts.keys() - {*FIRST, *HIDDEN})
    said = words_of_line(line)
    new = [name for name in names if line.facts[name] not in (None, "") and str(line.facts[name]) not in said]
    told = [fact_words(name, line.facts[name], say=_) for name in new]
    short = [escape(words) for words in told if len(words) <= LONG]
    folded = "".join(_folded(words) for words in told if len(words) > LONG)
    worker = ":".join(line.worker_id.split(":")[:2])
    first = [_article(line)] if line.facts.get("public_id") else []
    last = [escape(fact_words("worker", worker, say=_))] if worker else []
    return f"<br><small>{' · '.join([*first, *short, *last])}</small>{folded}"


def _article(line: LogLine) -> str:
    """The way to its drawer, in the language that was chosen by hand, if any."""
    public_id = str(line.facts["public_id"])
    query = {"task": public_id}
    if LANGUAGE_KEY in st.query_params:
        query[LANGUAGE_KEY] = st.query_params[LANGUAGE_KEY]
    return f'<a href="tasks?{escape(urlencode(query))}">{escape(_("Article"))} {escape(public_id)}</a>'


def _folded(words: str) -> str:
    return f"<details><summary>{escape(words[:SHOWN])}…</summary><pre>{escape(words)}</pre></details>"
