"""What a test of a page has around it: people who are signed in, their accounts and articles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.testing.v1 import AppTest

from core import wiring
from core.services.bulk_change import BulkAction
from core.services.csv_import import parse_csv
from core.services.submission import Submission
from core.settings import get_settings
from core.store.records import Actor, Role, TaskView, UserView
from core.task_state import BlockReason
from dashboard.shared_figures import forget_all

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "dashboard" / "streamlit_app.py"
TILE = re.compile("<span>(.*?)</span><strong>(.*?)</strong>")
PASSWORD = "a good long password"
COOKIES = "z_c0=2|1:0|10:practice; _xsrf=abc; d_c0=def"


@dataclass(frozen=True)
class Draft:
    """A draft as the publisher reads it back."""

    draft_id: str = "d-1"
    content_hash: str = "c" * 64
    text_length: int = 12


class DashboardWorld:
    """`open(page, as_="ada")` runs a page as a browser of that user would."""

    def __init__(self) -> None:
        self.sign_in = wiring.get_sign_in()
        self.users: dict[str, UserView] = {}
        self.accounts: dict[str, int] = {}
        self._tokens: dict[str, str] = {}

    def start_anew(self) -> None:
        """As after a restart of the process: settings are read and parts made again."""
        wiring.close_all()
        get_settings.cache_clear()
        self.forget_caches()
        self.sign_in = wiring.get_sign_in()

    def forget_caches(self) -> None:
        """As two seconds later."""
        st.cache_data.clear()
        st.cache_resource.clear()
        forget_all()

    def fill(self) -> None:
        """An administrator and two operators, each operator with an account called `main`."""
        for name, role in (("root", Role.ADMIN), ("ada", Role.OPERATOR), ("bob", Role.OPERATOR)):
            self.add_user(name, role)
        for name in ("ada", "bob"):
            account = wiring.get_account_manager().add("main", COOKIES, actor=self.actor(name))
            self.accounts[name] = account.id

    def add_user(self, name: str, role: Role) -> UserView:
        """Somebody who can sign in with `PASSWORD`."""
        user = wiring.get_user_manager().add(name, PASSWORD, actor=Actor.system(), role=role)
        self.users[name] = user
        return user

    def actor(self, name: str) -> Actor:
        """This user as the services know it."""
        user = self.users[name]
        return Actor(user.name, user.role, user.id)

    def submit(self, name: str, title: str = "一篇文章", **more: Any) -> TaskView:
        """Hand in an article of this user."""
        submission = Submission("main", title, more.pop("content", "正文"), **more)
        return wiring.get_task_manager().submit(submission, actor=self.actor(name))

    def submit_batch(self, name: str, called: str, titles: Sequence[str]) -> int:
        """Hand in articles with these titles as one CSV; the number of the batch."""
        rows = "".join(f"{title},正文,main\n" for title in titles)
        parsed = parse_csv(f"title,content,account\n{rows}".encode(), zone=get_settings().zone)
        batch = wiring.get_task_manager().submit_batch(parsed, actor=self.actor(name), name=called).batch_id
        assert batch is not None
        return batch

    def doubtful(self, name: str) -> TaskView:
        """An article that was submitted, and nothing tells whether it is online."""
        task, store = self.submit(name, "Doubtful"), wiring.get_task_store()
        held = store.take(task.id, worker_id="host:1:test", claimed_ms=1_000)
        assert held is not None
        store.record_draft_id(held, "d-1")
        store.record_drafted(held, Draft())
        store.begin_submitting(held)
        store.block(held, BlockReason.NEEDS_REVIEW, error_class="Unknown", message="The site did not answer.")
        return wiring.get_task_queries().get(task.id)

    def session_of(self, name: str) -> int:
        """The number of this user's session; signs in the first time."""
        if name not in self._tokens:
            self._tokens[name] = self.sign_in.sign_in(name, PASSWORD, address="127.0.0.1")
        session = self.sign_in.visitor(self._tokens[name])
        assert session is not None
        return session.id

    def token_of(self, name: str) -> str:
        """What this user's cookie holds."""
        self.session_of(name)
        return self._tokens[name]

    def api_token(self, name: str) -> str:
        """A new token of this user for the REST API."""
        return wiring.get_token_manager().make("a test", actor=self.actor(name))[0]

    def open(
        self,
        page: str = "overview",
        *,
        as_: str | None = "ada",
        language: str = "en",
        query: dict[str, str] | None = None,
        state: dict[str, Any] | None = None,
    ) -> AppTest:
        """Run the entry script at this page, with these parameters in its address, and with what the session
        remembers. `as_` None: without a sign-in."""
        app = AppTest.from_file(str(SCRIPT), default_timeout=30)
        if as_ is not None:
            app.user = {"user_id": str(self.users[as_].id), "session_id": str(self.session_of(as_))}
        app.session_state["language"] = language
        app.run()
        for name, remembered in (state or {}).items():
            app.session_state[name] = remembered
        if page != "overview":
            app.switch_page(f"app_pages/{page}.py")
            for name, value in (query or {}).items():
                app.query_params[name] = value
            app.run()
        return app


def menu_label(app: AppTest) -> str:
    """Of the menu over the list of articles, which says what it concerns."""
    return str(app.menu_button[0].label)


def change_many(app: AppTest, action: BulkAction) -> AppTest:
    """Choose from it: what it asks then stands in its dialog."""
    app.menu_button[0].set_value(action).run()
    assert not app.exception
    return app


def words_of(app: AppTest) -> str:
    """Everything that stands on the page, to look for words in."""
    shown = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.text]
    boxes = [*app.warning, *app.error, *app.info, *app.success, *app.toast]
    tiles = [f"{name} {figure}" for name, figure in figures_of(app).items()]
    metrics = [f"{metric.label} {metric.value}" for metric in app.metric]
    bars = [bar.proto.text for bar in app.get("progress")]
    return "\n".join([*(str(element.value) for element in [*shown, *boxes]), *tiles, *metrics, *bars])


def figures_of(app: AppTest) -> dict[str, str]:
    """Name → figure, of the boxes in a row."""
    pages = "".join(element.proto.body for element in app.get("html"))
    return {unescape(name): unescape(figure) for name, figure in re.findall(TILE, pages)}
