from __future__ import annotations

from typing import Any

from named_shapes import anthropic
from openrange_litellm import LiteLLMBackend

from openrange.testing import BackendContract, Seen, Sent, Turn

MODEL = "anthropic/claude-sonnet-4-6"

# The words of Anthropic's Messages API.
ENDINGS = {"stop": "end_turn", "length": "max_tokens", "filter": "refusal", "refusal": "refusal"}


class TestLiteLLMBackendForAnthropic(BackendContract):
    name = "litellm"
    key_variable = "ANTHROPIC_API_KEY"

    def backend(self, url: str, **fields: Any) -> LiteLLMBackend:
        return LiteLLMBackend(MODEL, api_base=url.removesuffix("/v1"), **fields)

    def without_key(self) -> LiteLLMBackend:
        return LiteLLMBackend(MODEL)

    def sent_of(self, seen: Seen) -> Sent:
        assert seen.path == "/v1/messages"
        body: Any = seen.body
        (message,) = body["messages"]
        assert message["role"] == "user"
        return Sent(
            text_of(message["content"]),
            text_of(body["system"]) if "system" in body else None,
            body["output_format"]["schema"] if "output_format" in body else None,
            {name.lower(): value for name, value in seen.headers.items()}.get("x-api-key"),
        )

    def document_of(self, turn: Turn) -> object:
        if turn.status != 200:
            return {"type": "error", "error": {"type": "api_error", "message": turn.text}}
        return anthropic(turn.text, end=ENDINGS[turn.finish])


def text_of(content: list[dict[str, str]]) -> str:
    return "\n\n".join(part["text"] for part in content)
