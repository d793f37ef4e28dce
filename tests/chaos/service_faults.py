"""Faults of Redis, the database and the network before them and the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.chaos.at_a_click import at_a_click
from tests.chaos.nemesis import Blow, Fault, Strike
from tests.chaos.soak_lab import SoakLab
from tests.chaos.toxic_proxy import Toxic, ToxicKind, ToxicProxy

REDIS, DATABASE = "redis server", "database server"

TOXIC_SECONDS = {
    ToxicKind.LATENCY: (3.0, 10.0),
    ToxicKind.CUT: (1.0, 6.0),
    ToxicKind.RESET: (1.0, 4.0),
    ToxicKind.HALF_REPLY: (2.0, 5.0),
    ToxicKind.SWALLOW_REPLY: (2.0, 7.0),
    ToxicKind.BLACK_HOLE: (2.0, 8.0),
}
"""How long each lasts. A click that is held up in a black hole arrives at its end: well before `VERIFY_SECONDS`."""
AT_A_CLICK = (
    ("site", ToxicKind.CUT),
    ("site", ToxicKind.SWALLOW_REPLY),
    ("site", ToxicKind.BLACK_HOLE),
    ("database", ToxicKind.CUT),
    ("database", ToxicKind.SWALLOW_REPLY),
)
"""Those that are also done while somebody clicks."""
LONGEST_LATENCY_SECONDS = 1.0
LONGEST_HALF_BYTES = 400

ProxyOf = Callable[[SoakLab], ToxicProxy | None]


def _flush_redis(lab: SoakLab, strike: Strike) -> Blow:
    lab.lab.redis.flushall()
    return Blow("all keys")


def _restart_redis(lab: SoakLab, strike: Strike) -> Blow:
    lab.redis_server.process.kill()
    return Blow("kill -9", lab.redis_server.start)


def _restart_mariadb(lab: SoakLab, strike: Strike) -> Blow | None:
    if lab.mariadb is None:
        return None
    lab.mariadb.process.kill()
    return Blow("kill -9", lab.mariadb.start)


def _make_ill(kind: ToxicKind, proxy_of: ProxyOf) -> Callable[[SoakLab, Strike], Blow | None]:
    def strike(lab: SoakLab, strike: Strike) -> Blow | None:
        proxy = proxy_of(lab)
        if proxy is None:
            return None
        toxic = Toxic(
            kind,
            seconds=strike.choice * LONGEST_LATENCY_SECONDS,
            size=round(strike.choice * LONGEST_HALF_BYTES),
        )
        proxy.set(toxic)
        return Blow("network", proxy.heal)

    return strike


def _network_faults(name: str, proxy_of: ProxyOf) -> Iterator[Fault]:
    for kind, lasts in TOXIC_SECONDS.items():
        fault = Fault(f"{name}: {kind}", _make_ill(kind, proxy_of), lasts=lasts, touches=f"{name} network")
        yield fault
        if (name, kind) in AT_A_CLICK:
            yield at_a_click(fault)


SERVICE_FAULTS = (
    # Past the proxy, and only while the server runs.
    Fault("flush Redis", _flush_redis, touches=REDIS, weight=2),
    Fault("restart Redis", _restart_redis, lasts=(0.5, 6), touches=REDIS, weight=2),
    *_network_faults("Redis", lambda lab: lab.redis_proxy),
    *_network_faults("site", lambda lab: lab.site_proxy),
)
DATABASE_FAULTS = (
    Fault("restart MariaDB", _restart_mariadb, lasts=(0.5, 5), touches=DATABASE, weight=2),
    *_network_faults("database", lambda lab: lab.database_proxy),
)
"""Only with a database that is a server."""
