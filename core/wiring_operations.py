"""What looks after the service as a whole: lists, figures and logs for its operators, and orders to its workers.
Everybody reaches these parts through `core.wiring`."""

# ruff: noqa: PLC0415  # parts are imported where they are made: see core/wiring.py

from __future__ import annotations

from typing import TYPE_CHECKING

from core.process_parts import process_part
from core.settings import get_settings
from core.wiring_servers import (
    get_database,
    get_fair_queue,
    get_heartbeats,
    get_live_pictures,
    get_log_stream,
    get_rate_limiter,
    get_stopped_workers,
)

if TYPE_CHECKING:
    from core.services.alerts import AlertViewer
    from core.services.audit_viewer import AuditViewer
    from core.services.log_viewer import LogViewer
    from core.services.outcome_viewer import OutcomeViewer
    from core.services.picture_viewer import PictureViewer
    from core.services.queue_viewer import QueueViewer
    from core.services.worker_manager import WorkerManager
    from core.services.worker_viewer import WorkerViewer
    from core.store.ended_counts import EndedCounts


@process_part
def get_queue_viewer() -> QueueViewer:
    """How the line stands."""
    from core.services.queue_viewer import QueueViewer

    return QueueViewer(get_database(), queue=get_fair_queue, limiter=get_rate_limiter)


@process_part
def get_outcome_viewer() -> OutcomeViewer:
    """What became of articles."""
    from core.services.outcome_viewer import OutcomeViewer

    return OutcomeViewer(get_database())


@process_part
def get_worker_viewer() -> WorkerViewer:
    """Who publishes."""
    from core.services.worker_viewer import WorkerViewer

    return WorkerViewer(get_database(), get_heartbeats, get_stopped_workers)


@process_part
def get_worker_manager() -> WorkerManager:
    """What workers are told."""
    from core.services.worker_manager import WorkerManager

    return WorkerManager(get_database(), get_heartbeats, get_stopped_workers)


@process_part
def get_log_viewer() -> LogViewer:
    """What the workers logged."""
    from core.services.log_viewer import LogViewer

    return LogViewer(get_database(), get_log_stream)


@process_part
def get_audit_viewer() -> AuditViewer:
    """Who did what."""
    from core.services.audit_viewer import AuditViewer

    return AuditViewer(get_database())


@process_part
def get_alert_viewer() -> AlertViewer:
    """What is wrong."""
    from core.host_room import disk_room
    from core.services.alerts import AlertViewer

    data_dir = get_settings().data_dir
    return AlertViewer(get_database(), get_heartbeats, get_stopped_workers, lambda: disk_room(data_dir))


@process_part
def get_picture_viewer() -> PictureViewer:
    """Pictures of browsers."""
    from core.services.picture_viewer import PictureViewer

    return PictureViewer(get_database(), pictures=get_live_pictures, data_dir=get_settings().data_dir)


@process_part
def get_ended_counts() -> EndedCounts:
    """How many articles have ended how."""
    from core.store.ended_counts import EndedCounts

    return EndedCounts(get_database())
