"""The services as a dashboard process has them: over the same network as the workers, ill when that is."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from zoneinfo import ZoneInfo

from core.errors import ServiceUnavailable, TopnError
from core.lane import LimitDefaults
from core.queue.fair_queue import FairQueue
from core.queue.rate_limiter import UserRateLimiter
from core.queue.redis_client import connect
from core.services.limit_manager import LimitManager
from core.services.pause_manager import PauseManager
from core.services.task_manager import TaskQueueManager
from core.store.accounts import AccountStore
from core.store.database import Database
from core.store.row_snapshot import DatabaseRows
from core.store.task_store import TaskStore
from core.store.vault import Vault
from tests.servers.worker_lab import SECRET_KEY


class People:
    """What users and administrators reach TOP_N through."""

    def __init__(
        self, database_url: str, redis_url: str, *, prefix: str, defaults: LimitDefaults, site: str = ""
    ) -> None:
        self.db = Database(database_url)
        self._redis = connect(redis_url)
        rows = DatabaseRows(self.db)
        queue = FairQueue(self._redis, prefix=prefix, defaults=defaults, rows=rows)
        accounts = AccountStore(self.db, Vault([SECRET_KEY]))
        self.tasks = TaskQueueManager(
            self.db,
            accounts=accounts,
            store=TaskStore(self.db, lease_seconds=30),
            queue=lambda: queue,
            zone=ZoneInfo("Asia/Shanghai"),
            max_retries=3,
            max_waiting=10_000,
            article_sites=(site,),
        )
        self.limits = LimitManager(
            self.db,
            limiter=UserRateLimiter(self._redis, prefix=prefix, defaults=defaults, rows=rows),
            queue=queue,
            accounts=accounts,
            defaults=defaults,
        )
        self.pauses = PauseManager(self.db, queue=lambda: queue, accounts=accounts)
        self.refusals: Counter[str] = Counter()
        """How often something was refused or a service was away, by class of error."""
        self.surprises: list[str] = []
        """Errors that are none of TOP_N's own: faults of the product."""

    def ask(self, what: Callable[[], object]) -> bool:
        """Do something as a person does. Whether it was done; a refusal is counted."""
        try:
            what()
        except TopnError as error:
            self.refusals[type(error).__name__] += 1
            return False
        except Exception:  # noqa: BLE001  # the edge of a face: whatever comes out here is for the report
            self.surprises.append(traceback.format_exc())
            return False
        return True

    def insist(self, what: Callable[[], object], *, wait: Callable[[], bool]) -> bool:
        """The same, again and again while a service is away. `wait` says whether to stop. Whether it was done."""
        while True:
            try:
                what()
            except ServiceUnavailable as error:
                self.refusals[type(error).__name__] += 1
            except Exception:  # noqa: BLE001  # as above
                self.surprises.append(traceback.format_exc())
            else:
                return True
            if wait():
                return False

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()
        self.db.close()
