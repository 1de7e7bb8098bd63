"""What a provider does in a test, and what it was asked: the same for every transport."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from openrange.testing.chat_server import Answer, Seen, completion


@dataclass(frozen=True, slots=True)
class Turn:
    """What the provider does with one request. The fields that are set say what goes wrong.

    Args:
        text: The text of the model's reply; with another status than 200, the provider's message.
        finish: Why the model stopped.
        status: The HTTP status, or whatever it is called on the transport.
        retry_after: Seconds that the provider asks to wait.
        body: What comes back in place of a well-formed response.
        hangs: Seconds before the provider says anything.
        drips: Seconds between one byte of the response and the next.
        drops: Whether the connection breaks without a response.
        input_tokens: What the provider counts as read.
        output_tokens: What the provider counts as written.
    """

    text: str = ""
    finish: Literal["stop", "length", "filter", "refusal"] = "stop"
    status: int = 200
    retry_after: float | None = None
    body: bytes | None = None
    hangs: float = 0.0
    drips: float = 0.0
    drops: bool = False
    input_tokens: int = 11
    output_tokens: int = 7


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as the provider got it.

    Args:
        prompt: The text of the user's message; on a transport without roles, the whole text.
        system: The text of the system message, if there was one.
        schema: The JSON Schema, where the provider got one as such.
        key: Where the key is: the header line, say. None if the transport carries no key.
    """

    prompt: str
    system: str | None = None
    schema: Mapping[str, object] | None = field(default=None, hash=False)
    key: str | None = field(default=None, repr=False)


_ENDINGS = {"filter": "content_filter"}

ENOUGH = 100
"""After so many requests of one test, a backend that sends again for ever is brought to its end."""


class Script:
    """Decides what the provider does, and remembers what it was asked. Safe for threads.

    Args:
        at_last: What happens after `ENOUGH` requests.

    Attributes:
        sent: What arrived, the oldest first.
        fault: What went wrong on the provider's side, which is the test's own; None if nothing.
    """

    def __init__(self, at_last: Turn | None = None) -> None:
        self.sent: list[Sent] = []
        self.fault: str | None = None
        self._at_last = at_last
        self._turns: list[Turn] = []
        self._decide: Callable[[Sent], Turn] | None = None
        self._lock = threading.Lock()

    def play(self, *turns: Turn) -> None:
        """Set what happens from now on, and forget what was sent.

        Args:
            turns: One for each request; the last one also for every further request.
        """
        with self._lock:
            self.sent.clear()
            self._turns, self._decide = list(turns), None

    def decide(self, decide: Callable[[Sent], Turn]) -> None:
        """Let a function choose what happens from now on, and forget what was sent.

        Args:
            decide: Called for each request.
        """
        with self._lock:
            self.sent.clear()
            self._decide = decide

    def next(self, sent: Sent) -> Turn:
        """What to do with a request. A transport calls this once for each.

        Args:
            sent: What arrived.

        Returns:
            What the provider does.
        """
        with self._lock:
            self.sent.append(sent)
            if self._at_last is not None and len(self.sent) > ENOUGH:
                return self._at_last
            if self._decide is not None:
                return self._decide(sent)
            return self._turns.pop(0) if len(self._turns) > 1 else self._turns[0]


class UnexpectedRequestError(ValueError):
    """A backend asked for something that the provider does not have."""


def chat_sent(seen: Seen) -> Sent:
    """A request in the Chat Completions format.

    Args:
        seen: What arrived at a `ChatServer`.

    Returns:
        The same in the kit's terms.

    Raises:
        UnexpectedRequestError: It went to another path.
    """
    if seen.method == "POST" and not urlsplit(seen.path).path.endswith("/chat/completions"):
        raise UnexpectedRequestError(f"the path is /v1/chat/completions, and not {seen.path}")
    texts: dict[str, list[str]] = {}
    for message in seen.messages if "messages" in seen.body else ():
        texts.setdefault(message["role"], []).append(_text(message["content"]))
    headers = {name.lower(): value for name, value in seen.headers.items()}
    system = texts.get("system") or texts.get("developer")
    return Sent(
        "\n\n".join(texts.get("user", ())),
        "\n\n".join(system) if system else None,
        seen.schema,
        headers.get("authorization") or headers.get("x-api-key"),
    )


def _text(content: object) -> str:
    """A message's text, which may come in parts."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content)
    return str(content)


def chat_document(turn: Turn) -> dict[str, object]:
    """What a turn says in the Chat Completions format.

    Args:
        turn: What the provider does.

    Returns:
        A response; with a status other than 200, an error.
    """
    if turn.status != 200:
        return {"error": {"message": turn.text, "type": "error", "code": None}}
    document = completion(turn.text, finish_reason=_ENDINGS.get(turn.finish, turn.finish))
    if turn.finish == "refusal":
        document = completion(None, refusal=turn.text)
    total = turn.input_tokens + turn.output_tokens
    return document | {
        "usage": {
            "prompt_tokens": turn.input_tokens,
            "completion_tokens": turn.output_tokens,
            "total_tokens": total,
        }
    }


def http_answer(turn: Turn, document: object) -> Answer:
    """A turn as an answer of a `ChatServer`.

    Args:
        turn: What the provider does.
        document: What it says.

    Returns:
        The document, or what the turn has in its place, with status, headers, and what goes wrong.
    """
    return Answer(
        turn.status,
        document,
        {} if turn.retry_after is None else {"Retry-After": f"{turn.retry_after:g}"},
        raw=turn.body,
        delay=turn.hangs,
        drip=turn.drips,
        drop=turn.drops,
    )
