"""Proves from a history that nothing was lost, nothing was published twice, and nobody got over a limit.

Pure: the checks only read values. Each yields a sentence for every place where its promise was broken.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.store.task_events import EventKind
from core.task_state import Mode, TaskStatus
from tests.chaos.history import Event, History, Post, TaskRow
from tests.chaos.timeline import action_of, faults_of_timeline


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, and where."""

    promise: str
    where: str


def nothing_is_lost(history: History) -> Iterator[str]:
    """Every accepted article has one row, and every row has an end or waits for a person."""
    rows = Counter(task.client_ref for task in history.tasks)
    for reference in history.accepted:
        if rows[reference] != 1:
            yield f"{reference} was accepted and has {rows[reference]} rows"
    for task in history.tasks:
        if not (task.status.is_final or task.status is TaskStatus.BLOCKED):
            yield f"{_name(task)} is still {task.status}"


def nothing_is_published_twice(history: History) -> Iterator[str]:
    """Whatever became of an article, it was published once at most."""
    titles = {task.title for task in history.tasks}
    counts: Counter[str] = Counter()
    for post in history.posts:
        counts[post.title] += post.post_count
        if post.title not in titles:
            yield f"nobody handed in the post {post.id} {post.title!r}"
    for title, count in counts.items():
        if count > 1:
            ids = ", ".join(f"{post.id} ×{post.post_count}" for post in history.posts if post.title == title)
            yield f"{title!r} was published {count} times: {ids}"


def rows_say_what_is_on_the_site(history: History) -> Iterator[str]:
    """A published row has its post; what was never submitted has none."""
    posts: dict[str, list[Post]] = defaultdict(list)
    for post in history.posts:
        posts[post.title].append(post)
    submitted = {event.task_id for event in history.events if event.kind == EventKind.SUBMITTING}
    for task in history.tasks:
        own = posts[task.title]
        if task.status is TaskStatus.PUBLISHED:
            yield from _faults_of_published(task, own)
        elif own and task.id not in submitted:
            yield f"{_name(task)} is {task.status}, was never submitted, and is on the site as {own[0].id}"
        elif own and task.mode is Mode.DRAFT:
            yield f"{_name(task)} was to be a draft and is on the site as {own[0].id}"


def _faults_of_published(task: TaskRow, own: list[Post]) -> Iterator[str]:
    if [(post.id, post.account) for post in own] != [(task.remote_id, task.user_name)]:
        found = ", ".join(f"{post.id} of {post.account}" for post in own) or "no post"
        yield f"{_name(task)} is published as {task.remote_id} of {task.user_name}, the site has {found}"


def timelines_follow_the_table(history: History) -> Iterator[str]:
    """Every move is one that `MOVES` allows, under the right fence; only its holder writes to a task."""
    timelines = history.timelines()
    for task in history.tasks:
        for fault in faults_of_timeline(task, timelines[task.id]):
            yield f"{_name(task)}: {fault}"


@dataclass(frozen=True, slots=True)
class Run:
    """A time in which a worker was at a task."""

    task_id: int
    began: datetime
    ended: datetime | None


def runs_of(events: Iterable[Event]) -> Iterator[Run]:
    """The runs of one task. A take whose worker did not come to its first step is none: it asks the line first
    whether its turn still counts, and gives the task back if not."""
    began: Event | None = None
    has_begun = False
    for event in events:
        if event.kind == EventKind.TAKEN:
            began, has_begun = event, False
        elif event.kind == EventKind.STEP:
            has_begun = True
        elif began is not None and action_of(event) is not None:
            if has_begun:
                yield Run(began.task_id, began.at, event.at)
            began = None
    if began is not None and has_begun:
        yield Run(began.task_id, began.at, None)


def nobody_runs_more_than_allowed(history: History) -> Iterator[str]:
    """At no time does a user have more tasks running than the cap."""
    timelines = history.timelines()
    runs: dict[int, list[Run]] = defaultdict(list)
    for task in history.tasks:
        runs[task.user_id].extend(runs_of(timelines[task.id]))
    for user_id, own in runs.items():
        most, at = _most_at_once(own)
        if len(most) > history.limits.max_running:
            tasks = ", ".join(str(task_id) for task_id in sorted(most))
            yield (
                f"user {user_id} had {len(most)} running at {at:%H:%M:%S.%f}, {history.limits.max_running} allowed: "
                f"tasks {tasks}"
            )


def _most_at_once(runs: Iterable[Run]) -> tuple[set[int], datetime | None]:
    """The tasks that ran together when most did, and when. At one and the same moment ends come first."""
    marks = [(run.began, 1, run.task_id) for run in runs]
    marks += [(run.ended, 0, run.task_id) for run in runs if run.ended is not None]
    running: set[int] = set()
    most: set[int] = set()
    most_at: datetime | None = None
    for at, is_start, task_id in sorted(marks):
        if is_start:
            running.add(task_id)
        else:
            running.discard(task_id)
        if len(running) > len(most):
            most, most_at = set(running), at
    return most, most_at


def nobody_starts_more_than_allowed(history: History) -> Iterator[str]:
    """In no window does a user have more new starts than the limit, counted from the last reset."""
    limits = history.limits
    starts: dict[int, list[int]] = defaultdict(list)
    for task in history.tasks:
        if task.first_claimed_ms is not None:
            starts[task.user_id].append(task.first_claimed_ms)
    for user_id, moments in starts.items():
        moments.sort()
        resets = history.resets.get(user_id, ())
        for first, last in zip(moments, moments[limits.max_starts :], strict=False):
            is_reset = any(first <= reset <= last for reset in resets)
            if last - first <= limits.window_ms and not is_reset:
                count = sum(first <= moment <= last for moment in moments)
                span = f"{last - first} ms up to {last}"
                yield f"user {user_id} had {count} starts in {span}, {limits.max_starts} allowed"


def nothing_is_left(history: History) -> Iterator[str]:
    """No slot is taken, no process runs, no folder lies about."""
    left = history.leftovers
    for what, found in (
        ("running entry", left.running_entries),
        ("process", left.processes),
        ("folder", left.folders),
    ):
        for one in found:
            yield f"{what} left: {one}"


CHECKS: dict[str, Callable[[History], Iterator[str]]] = {
    "nothing is lost": nothing_is_lost,
    "nothing is published twice": nothing_is_published_twice,
    "rows say what is on the site": rows_say_what_is_on_the_site,
    "timelines follow the table of moves": timelines_follow_the_table,
    "nobody runs more than allowed": nobody_runs_more_than_allowed,
    "nobody starts more than allowed": nobody_starts_more_than_allowed,
    "nothing is left behind": nothing_is_left,
}


def check(history: History) -> list[Violation]:
    """Every broken promise; an empty list is a proof."""
    return [Violation(promise, where) for promise, find in CHECKS.items() for where in find(history)]


def _name(task: TaskRow) -> str:
    return f"task {task.id} ({task.public_id}, {task.title!r})"
