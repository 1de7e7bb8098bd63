"""Run with `pytest checks/check_parrot.py`: the contract of backends, on the parrots' own API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from parrot_speaks import Parrot

from openrange.testing import Answer, BackendContract, ChatServer, Script, Seen, Sent

MOODS = {"length": "bitten off", "refusal": "sulks", "filter": "covered"}


class TestParrot(BackendContract):
    name = "parrot"
    key_variable = "PARROT_TOKEN"

    def backend(self, url: str, **fields: Any) -> Parrot:
        return Parrot(base_url=url, **fields)

    @contextmanager
    def wire(self, script: Script) -> Iterator[str]:
        def respond(seen: Seen) -> Answer:
            asked: Any = seen.body
            turn = script.next(
                Sent(asked["say"], asked["before"], asked["shape"], seen.headers["X-Token"])
            )
            document: dict[str, object] = {"why": turn.text}
            if turn.status == 200:
                mood = MOODS.get(turn.finish, "content")
                document = {"words": turn.text, "mood": mood, "heard": 3, "spoken": 2}
            return Answer(
                turn.status,
                document,
                {} if turn.retry_after is None else {"Retry-After": f"{turn.retry_after:g}"},
                raw=turn.body,
                delay=turn.hangs,
                drip=turn.drips,
                drop=turn.drops,
            )

        with ChatServer(respond).running() as server:
            yield server.origin
