"""Run with `pytest checks/check_parrot.py`: the contract of backends, on the parrots' own API."""

from __future__ import annotations

from typing import Any

from parrot_speaks import Parrot

from openrange.testing import BackendContract, Seen, Sent, Turn

MOODS = {"length": "bitten off", "refusal": "sulks", "filter": "covered"}


class TestParrot(BackendContract):
    name = "parrot"
    key_variable = "PARROT_TOKEN"

    def backend(self, url: str, **fields: Any) -> Parrot:
        return Parrot(base_url=url, **fields)

    def sent_of(self, seen: Seen) -> Sent:
        asked: Any = seen.body
        return Sent(asked["say"], asked["before"], asked["shape"], seen.headers["X-Token"])

    def document_of(self, turn: Turn) -> object:
        if turn.status != 200:
            return {"why": turn.text}
        mood = MOODS.get(turn.finish, "content")
        return {
            "words": turn.text,
            "mood": mood,
            "heard": turn.input_tokens,
            "spoken": turn.output_tokens,
        }
