"""Faults of the site, for some accounts at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.lane import PauseScope
from core.store.records import Actor
from tests.chaos.nemesis import Blow, Fault, Strike
from tests.chaos.soak_lab import Owner, SoakLab
from tests.practice_site.faults import Fault as SiteFault

ACCOUNTS = 4
"""How many accounts a fault of the site hits."""
LASTS = (6.0, 15.0)
LATE_SECONDS = 14
"""A click that is late, its record that lags, and a network that holds it up (`TOXIC_SECONDS`) are together less than
`VERIFY_SECONDS`, as they are taken to be on the real site."""


def _chosen(lab: SoakLab, strike: Strike) -> list[Owner]:
    first = int(strike.choice * len(lab.owners))
    return [lab.owners[(first + number) % len(lab.owners)] for number in range(ACCOUNTS)]


def _switch_on(fault: SiteFault, more: dict[str, Any]) -> Callable[[SoakLab, Strike], Blow]:
    def strike(lab: SoakLab, strike: Strike) -> Blow:
        chosen = _chosen(lab, strike)
        for owner in chosen:
            lab.site.set_fault(fault, owner.on_site, **more)

        def heal() -> None:
            for owner in chosen:
                lab.site.clear_faults(fault, owner.on_site)
                if fault is SiteFault.RATE_LIMITED:
                    resume(lab, owner)

        return Blow(", ".join(owner.on_site.name for owner in chosen), heal)

    return strike


def resume(lab: SoakLab, owner: Owner) -> None:
    """An administrator knows that the site has calmed down: its pause of this account (ten minutes) ends."""
    lab.people.ask(
        lambda: lab.people.pauses.resume(PauseScope.ACCOUNT, str(owner.account.id), actor=Actor.command_line())
    )


def _fault(fault: SiteFault, *, weight: int = 1, **more: Any) -> Fault:
    return Fault(f"site: {fault}", _switch_on(fault, more), lasts=LASTS, touches=f"site fault {fault}", weight=weight)


SITE_FAULTS = (
    _fault(SiteFault.PUBLISH_REPLY_LOST, weight=2),
    _fault(SiteFault.PUBLISH_DROPPED),
    _fault(SiteFault.PUBLISH_SLOW, seconds=8),
    _fault(SiteFault.PUBLISH_LATE, weight=2, seconds=LATE_SECONDS),
    _fault(SiteFault.DRAFT_RECORD_LAGS, weight=2, seconds=LATE_SECONDS),
    _fault(SiteFault.LIST_LAGS, seconds=20),
    _fault(SiteFault.UNDER_REVIEW, seconds=20),
    _fault(SiteFault.HTTP_ERROR, status=502),
    _fault(SiteFault.RATE_LIMITED),
    _fault(SiteFault.CONNECTION_CUT),
)
