"""A stand-in for the network of every provider at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest
import requests
import respx

from openrange import LLMRequest

QUESTION = "marker_question: where is it?"
# Names that stand in no request by chance, at every place of a schema that matters.
MARKERS = ("marker_city", "marker_lisbon", "marker_oslo", "marker_place", "marker_street")
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "marker_city": {"type": "string", "enum": ["marker_lisbon", "marker_oslo"]},
        "marker_place": {"$ref": "#/$defs/place"},
    },
    "required": ["marker_city", "marker_place"],
    "additionalProperties": False,
    "$defs": {
        "place": {
            "type": "object",
            "properties": {"marker_street": {"type": "string"}},
            "required": ["marker_street"],
            "additionalProperties": False,
        }
    },
}
PLAIN = LLMRequest(QUESTION, system="Be brief.")
STRUCTURED = LLMRequest(QUESTION, system="Be brief.", json_schema=SCHEMA)

Fault = type[httpx.TransportError] | None


@dataclass(frozen=True)
class Seen:
    """A request that reached the wire."""

    url: str
    headers: Mapping[str, str]
    body: str

    def __contains__(self, text: str) -> bool:
        return text in f"{self.url} {dict(self.headers)} {self.body}"


@dataclass
class Wire:
    """What the providers answer, and what they were sent.

    Args:
        status: The status of every answer to a question.
        headers: Its headers.
        fault: What happens in its place.
        seen: Every request so far.
    """

    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault = None
    seen: list[Seen] = field(default_factory=list)

    @property
    def questions(self) -> list[Seen]:
        """The requests that ask the model, without those that only look something up."""
        return [seen for seen in self.seen if "marker_question" in seen.body]

    def answer(self, seen: Seen) -> tuple[int, Mapping[str, str], object]:
        """Status, headers and document of an answer."""
        self.seen.append(seen)
        if "marker_question" in seen.body:
            if self.fault is not None:
                raise self.fault("it took too long")
            said = {"message": "It said no.", "type": "t", "code": "c"}
            return self.status, self.headers, {"error": said, "message": "It said no."}
        if seen.url.partition("?")[0].endswith(("/oauth", "/token")):
            return 200, {}, {"access_token": "t", "expires_in": 3600, "expires_at": 4102444800000}
        return 404, {}, {"error": "there is no such thing"}

    @contextmanager
    def in_place(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
        """Put it in the place of every HTTP client that LiteLLM uses."""

        def by_httpx(request: httpx.Request) -> httpx.Response:
            body = request.content.decode("utf-8", "replace")
            answer = self.answer(Seen(str(request.url), dict(request.headers), body))
            return httpx.Response(answer[0], headers=answer[1], json=answer[2])

        def by_requests(
            adapter: object, request: requests.PreparedRequest, **options: object
        ) -> requests.Response:
            body = request.body or ""
            text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
            answer = self.answer(Seen(str(request.url), dict(request.headers), text))
            response = requests.Response()
            response.status_code, response.request = answer[0], request
            response.headers.update(answer[1])
            response._content = json.dumps(answer[2]).encode()
            return response

        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", by_requests)
        with respx.mock(assert_all_called=False) as router:
            router.route().mock(side_effect=by_httpx)
            yield self
