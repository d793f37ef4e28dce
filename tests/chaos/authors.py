"""Hands in articles over the whole time of a soak, in bursts, however well or badly publishing goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

from core.services.submission import Submission
from core.store.records import Actor, Role
from tests.chaos.soak_lab import Owner, SoakLab

LARGEST_BURST = 5
DRAFT_SHARE = 0.05
"""So many are only to be saved as a draft."""
HANDS = 4
"""How many hand in at the same time: one that waits for an ill network must not hold up all."""
WAIT_SECONDS = 1.0
LONGEST_TEXT = 12


@dataclass(frozen=True, slots=True)
class PlannedArticle:
    """One article to come. `owner` counts from 0."""

    at_seconds: float
    owner: int
    submission: Submission


def plan_articles(random: Random, *, articles: int, owners: int, seconds: float) -> list[PlannedArticle]:
    """So many articles spread over the time, each user's in bursts; as many of each user as possible."""
    left = {owner: articles // owners + (owner < articles % owners) for owner in range(owners)}
    planned: list[PlannedArticle] = []
    while any(left.values()):
        owner = random.choice([owner for owner, number in left.items() if number])
        burst = min(left[owner], random.randint(1, LARGEST_BURST))
        at = random.uniform(0, seconds)
        for _ in range(burst):
            planned.append(PlannedArticle(at, owner, _submission(random, owner, left[owner])))
            left[owner] -= 1
    return sorted(planned, key=lambda article: article.at_seconds)


def _submission(random: Random, owner: int, number: int) -> Submission:
    title = f"作者 {owner + 1:02} 的第 {number:03} 篇"
    paragraph = f"{title}:**重点**在这里,还有 `代码` 和[链接](https://example.com)。\n\n"
    return Submission(
        account="main",
        title=title,
        content=f"## {title}\n\n- 一\n- 二\n\n" + paragraph * random.randint(1, LONGEST_TEXT),
        mode="draft" if random.random() < DRAFT_SHARE else "publish",
        priority=random.randint(0, 9),
        client_ref=f"soak-{owner + 1:02}-{number:03}",
    )


class Authors:
    """`run` hands in what was planned. An owner whose call fails makes it again with the same reference until it
    hears that the article is accepted."""

    def __init__(self, lab: SoakLab) -> None:
        self._lab = lab
        self._stopping = threading.Event()
        self.accepted: list[str] = []
        """References of the articles of which their owners heard that they are accepted."""

    def run(self, planned: Sequence[PlannedArticle]) -> None:
        """All of it, in its time; returns when everything is accepted or `stop` was called."""
        began = time.monotonic()
        with ThreadPoolExecutor(HANDS, thread_name_prefix="author") as hands:
            for article in planned:
                if self._stopping.wait(max(0.0, began + article.at_seconds - time.monotonic())):
                    break
                hands.submit(self._hand_in, article)

    def stop(self) -> None:
        """Hand in no more."""
        self._stopping.set()

    def _hand_in(self, article: PlannedArticle) -> None:
        owner: Owner = self._lab.owners[article.owner]
        actor = Actor(owner.account.user_name, Role.OPERATOR, owner.account.user_id)
        is_accepted = self._lab.people.insist(
            lambda: self._lab.people.tasks.submit(article.submission, actor=actor),
            wait=lambda: self._stopping.wait(WAIT_SECONDS),
        )
        if is_accepted:
            self.accepted.append(str(article.submission.client_ref))
