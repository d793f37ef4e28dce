"""Puts the REST API together, for `st.App` to mount. Its pages need nothing from outside."""

from __future__ import annotations

from fastapi_offline import FastAPIOffline
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from core.services.csv_text import MAX_FILE_BYTES
from dashboard.api.batch_routes import router as batches
from dashboard.api.limit_routes import router as limits
from dashboard.api.problems import add_problem_handlers
from dashboard.api.task_routes import router as tasks
from dashboard.api.token_door import TokenDoor

PATH = "/api/v1"
MAX_BODY_BYTES = 2 * MAX_FILE_BYTES
"""What somebody with a token can make the process hold; what says that it is larger is refused unread. A CSV has its
own limit, half of this; JSON needs up to six bytes for one character."""


def make_api() -> ASGIApp:
    """The application. Mounted: its lifespan does not run, so it has none."""
    api = FastAPIOffline(
        title="TOP_N",
        version="1",
        description="Hand in articles and follow them. Make a token in the dashboard under Sign-ins and password.",
        max_body_size=MAX_BODY_BYTES,
        middleware=[Middleware(TokenDoor)],
    )
    for router in (tasks, batches, limits):
        api.include_router(router)
    add_problem_handlers(api)
    return api
