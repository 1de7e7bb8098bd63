"""What a server says in the body of an answer: its message and its codes, wherever they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Where messages stand, the most telling first: OpenAI and most others; FastAPI and AWS; Google,
# Azure and problem documents (RFC 9457); what PHP and Java frameworks say.
_MESSAGES = (
    *("error", "errors", "message", "Message", "detail", "details", "msg", "error_message"),
    *("errorMessage", "error_description", "description", "title", "reason", "raw"),
)
_CODES = ("code", "type", "status", "error_code", "errorCode", "__type", "reason", "Code")
# Where an error stands inside of another one: `metadata` is that of OpenRouter.
_INNER = ("error", "errors", "detail", "details", "metadata", "raw", "data")
_MAX_DEPTH = 6
_MAX_PARTS = 5
_MAX_PARSED = 200_000  # characters of a text in which JSON may stand
_MAX_PAGE = 5_000  # of a page, of which only the head counts
_MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Said:
    """What a server said.

    Args:
        words: Its message, plain and without markup; empty where it has none.
        codes: Its codes and types, such as `insufficient_quota`.
        status: The status of HTTP that the body itself gives.
        provider: Whom a gateway passes this on from.
        wait: Seconds that it asks to wait, in the body.
        is_page: Whether it is a page for people, as gateways send them.
    """

    words: str = ""
    codes: tuple[str, ...] = ()
    status: int | None = None
    provider: str = ""
    wait: float | None = None
    is_page: bool = False


def heard(body: object) -> Said:
    """Read an error.

    Args:
        body: A document, or the text of a body: JSON, HTML, XML or plain.

    Returns:
        What it says.
    """
    if not isinstance(body, str):
        return _of_document(body)
    text = body.strip()
    if text[:1] in ("{", "[", '"'):
        with suppress(ValueError, RecursionError):
            return _of_document(json.loads(text))
    if text.startswith("<"):
        return _of_page(text)
    return Said(text[:_MAX_TEXT])


def _of_document(document: object) -> Said:
    words = list(dict.fromkeys(_messages(document)))
    found = _Found()
    _look(document, found)
    if not words and document:
        words = [json.dumps(document, ensure_ascii=False, default=str)]
    return Said(
        "; ".join(words[:_MAX_PARTS])[:_MAX_TEXT],
        tuple(dict.fromkeys(found.codes)),
        found.status,
        found.provider,
        found.wait,
    )


def _messages(value: object, depth: int = 0) -> Iterator[str]:
    """The messages in a document, each as plain text."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        inner = heard(value) if value.strip()[:1] in ("{", "[", "<") else Said(value.strip())
        yield from filter(None, [inner.words])
    elif isinstance(value, Mapping):
        yield from _of_mapping(value, depth)
    elif isinstance(value, Sequence):
        for each in value[:_MAX_PARTS]:
            yield from _messages(each, depth + 1)


def _of_mapping(value: Mapping[str, object], depth: int) -> Iterator[str]:
    place = value.get("loc")  # of FastAPI, which says what is wrong with which field
    where = ".".join(map(str, place)) + ": " if isinstance(place, list) else ""
    for name in _MESSAGES:
        said = list(_messages(value.get(name), depth + 1))
        if not said:
            continue
        yield where + said[0]
        yield from said[1:]
        metadata = value.get("metadata")
        if isinstance(metadata, Mapping):  # what the provider behind a gateway said
            yield from _messages(metadata.get("raw"), depth + 1)
        return
    # Such as {"field": ["is required"]}: no name that is known, and so all of them.
    for name, inner in value.items():
        if name not in _CODES and isinstance(inner, Mapping | list) and inner:
            yield from _messages(inner, depth + 1)


@dataclass(slots=True)
class _Found:
    codes: list[str] = field(default_factory=list)
    status: int | None = None
    provider: str = ""
    wait: float | None = None


def _look(value: object, found: _Found, depth: int = 0) -> None:
    """Collect the codes in a document, and what stands beside them."""
    if isinstance(value, str) and value.strip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            value = json.loads(value[:_MAX_PARSED])
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value[:_MAX_PARTS]:
            _look(each, found, depth + 1)
    if not isinstance(value, Mapping):
        return
    for name in _CODES:
        code = value.get(name)
        if isinstance(code, str) and code.isdecimal() and len(code) == 3:
            code = int(code)
        if isinstance(code, int) and not isinstance(code, bool):
            if 400 <= code < 600:
                found.status = found.status or code
        elif isinstance(code, str) and len(code) < 200:
            found.codes.append(code)
    if isinstance(error := value.get("error"), str) and len(error) < 100 and " " not in error:
        found.codes.append(error)  # of OAuth, for one: {"error": "invalid_token"}
    for name in ("status_code", "statusCode"):
        code = value.get(name)
        if isinstance(code, int) and 400 <= code < 600:
            found.status = found.status or code
    provider = value.get("provider_name") or value.get("provider")
    if isinstance(provider, str) and len(provider) < 100:
        found.provider = found.provider or provider
    wait = value.get("estimated_time")  # of Hugging Face, while a model is loading
    if isinstance(wait, int | float) and not isinstance(wait, bool) and 0 <= wait < 1e6:
        found.wait = float(wait)
    for name in _INNER:
        _look(value.get(name), found, depth + 1)


def _of_page(text: str) -> Said:
    page = _Page()
    with suppress(AssertionError, ValueError):  # what the parser raises over broken markup
        page.feed(text[:_MAX_PAGE])
    for tag in ("message", "title", "h1"):
        if words := " ".join("".join(page.texts.get(tag, ())).split()):
            return Said(words, tuple(page.texts.get("code", ())), is_page=tag != "message")
    words = " ".join(" ".join(page.texts.get("", ())).split())
    return Said(words[:_MAX_TEXT], is_page="<html" in text[:1000].lower())


class _Page(HTMLParser):
    """The texts of a page by their tag; those that people read also by none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: dict[str, list[str]] = {}
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._tag = tag

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag in ("script", "style"):
            return
        self.texts.setdefault("", []).append(data)
        if self._tag:
            self.texts.setdefault(self._tag, []).append(data)
