"""What three providers answer, each in its own shape, and what a request to them looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

SECRET = "own-key-of-the-provider-0123456789"
OPENAI_URL = "https://api.openai.com/v1/chat/completions"
ANTHROPIC_URL = "https://api.anthropic.com/v1/messages"


@dataclass(frozen=True)
class Provider:
    """One provider. `reply` makes a response that carries a text."""

    model: str
    variable: str
    reply: Callable[[str], Mapping[str, object]]
    headers: Mapping[str, str]

    def __str__(self) -> str:
        return self.model.partition("/")[0]


def openai_reply(text: str | None, **message: object) -> dict[str, object]:
    finish = message.pop("finish_reason", "stop")
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o-2024-08-06",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
        "usage": {
            "prompt_tokens": 11,
            "completion_tokens": 7,
            "total_tokens": 18,
            "prompt_tokens_details": {"cached_tokens": 3},
            "completion_tokens_details": {"reasoning_tokens": 2},
        },
    }


def anthropic_reply(text: str) -> dict[str, object]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 11, "output_tokens": 7},
    }


def gemini_reply(text: str) -> dict[str, object]:
    parts = {"role": "model", "parts": [{"text": text}]}
    return {
        "candidates": [{"content": parts, "finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": 11,
            "candidatesTokenCount": 7,
            "totalTokenCount": 18,
        },
        "modelVersion": "gemini-3.5-flash",
    }


OPENAI = Provider(
    "openai/gpt-4o", "OPENAI_API_KEY", openai_reply, {"authorization": f"Bearer {SECRET}"}
)
ANTHROPIC = Provider(
    "anthropic/claude-sonnet-4-6", "ANTHROPIC_API_KEY", anthropic_reply, {"x-api-key": SECRET}
)
GEMINI = Provider(
    "gemini/gemini-3.5-flash", "GEMINI_API_KEY", gemini_reply, {"x-goog-api-key": SECRET}
)
PROVIDERS = (OPENAI, ANTHROPIC, GEMINI)
