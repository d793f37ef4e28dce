"""What a browser keeps of the big messages that Streamlit sent it, so that the server need not send them again."""

from __future__ import annotations

from dataclasses import dataclass

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

MOST_RUNS_OLD = 2
"""`global.maxCachedMessageAge`: a message that so many runs did not need is forgotten."""


@dataclass(slots=True)
class _Kept:
    run: int
    fragment_id: str


class KeptMessages:
    """The cache of Streamlit 1.67's front end, rule by rule. Raises KeyError where that one would show an error."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._run = 0

    def hashes(self) -> list[str]:
        """Told to the server with each request for a run."""
        return list(self._kept)

    def take(self, message: ForwardMsg) -> bool:
        """Keep a message that says it should be. True: it only named one that is kept."""
        if message.WhichOneof("type") == "ref_hash":
            self._kept[message.ref_hash].run = self._run
            return True
        if message.metadata.cacheable:
            kept = self._kept.setdefault(message.hash, _Kept(self._run, message.delta.fragment_id))
            kept.run = self._run
        return False

    def end_run(self, fragment_ids: list[str]) -> None:
        """Forget what is too old. A run of fragments lets alone what others drew."""
        self._run += 1
        self._kept = {
            name: one
            for name, one in self._kept.items()
            if (fragment_ids and one.fragment_id not in fragment_ids) or self._run - one.run <= MOST_RUNS_OLD
        }
