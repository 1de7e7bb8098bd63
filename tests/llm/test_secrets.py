from __future__ import annotations

import html
import json
from urllib.parse import quote

import pytest

from openrange.errors import LLMBackendError
from openrange.llm import Key, find_key, redact, require_key

SECRET = "sk-live-0123456789abcdef"


def test_a_key_given_in_code_beats_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "from-variable")
    assert find_key("from-code", "SOME_KEY") == Key("from-code")
    assert find_key(None, "SOME_KEY") == Key("from-variable")


def test_a_blank_or_missing_key_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", " \n")
    assert find_key(None, "SOME_KEY") is None
    assert find_key(None, "NO_SUCH_VARIABLE") is None
    assert find_key(None, None) is None


def test_white_space_around_a_key_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", f" {SECRET}\r\n")
    assert find_key(None, "SOME_KEY") == Key(SECRET)


@pytest.mark.parametrize("bad", ["a\nb", "a b", "a\x00b", "schlüssel"])
def test_a_key_that_no_header_can_carry_is_refused_without_an_echo(bad: str) -> None:
    with pytest.raises(LLMBackendError) as caught:
        find_key(bad, "SOME_KEY")
    assert caught.value.kind == "not-configured"
    assert bad not in str(caught.value)


def test_a_key_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", SECRET)
    assert require_key("acme", None, "SOME_KEY").source == "SOME_KEY"
    assert require_key("acme", "from-code", "SOME_KEY").source == "api_key"


@pytest.mark.parametrize(
    ("api_key", "api_key_env", "says"),
    [
        (None, "SOME_KEY", "acme: no key: set SOME_KEY"),
        (None, None, "acme: no key: set api_key_env"),
        (" ", "SOME_KEY", "acme: no key: set api_key"),
        ("a b", None, "acme: the key in api_key holds a space, a control character"),
    ],
)
def test_a_required_key_that_is_missing_or_bad_names_the_backend_and_what_to_set(
    api_key: str | None, api_key_env: str | None, says: str
) -> None:
    with pytest.raises(LLMBackendError) as caught:
        require_key("acme", api_key, api_key_env)
    assert str(caught.value).startswith(says)
    assert (caught.value.kind, caught.value.__context__) == ("not-configured", None)


def test_a_key_shows_in_no_repr() -> None:
    assert SECRET not in repr(Key(SECRET))
    assert SECRET not in repr([Key(SECRET)])


@pytest.mark.parametrize(
    "text",
    [
        f"bad key {SECRET}!",
        f"?key={SECRET}&x=1",
        f"Bearer {SECRET}{SECRET}",
    ],
)
def test_a_key_is_redacted_wherever_it_stands(text: str) -> None:
    assert SECRET not in redact(text, [Key(SECRET)])
    assert "[redacted]" in redact(text, [Key(SECRET)])


def test_a_key_is_redacted_in_its_quoted_forms() -> None:
    key = Key('a/b+c"d\\efgh')
    assert redact("k=a%2Fb%2Bc%22d%5Cefgh", [key]) == "k=[redacted]"
    assert redact(r'{"k": "a/b+c\"d\\efgh"}', [key]) == '{"k": "[redacted]"}'


def test_a_placeholder_of_a_key_does_not_tear_words_apart() -> None:
    assert redact("the key k is bad", [Key("k")]) == "the key [redacted] is bad"


def test_of_two_keys_the_longer_one_is_redacted_whole() -> None:
    assert redact(SECRET + "-more", [Key(SECRET), Key(SECRET + "-more")]) == "[redacted]"


HARD = "ab+cd/ef&gh=mn\"op<qr'st"


def _doubled(text: str) -> str:
    return json.dumps(json.dumps(text))


@pytest.mark.parametrize(
    "escaped",
    [
        HARD.replace("/", "\\/"),
        HARD.replace("+", "\\u002B").replace("&", "\\u0026").replace("<", "\\u003C"),
        html.escape(HARD),
        html.escape(HARD).replace("/", "&#x2F;").replace("=", "&#61;").replace("+", "&plus;"),
        html.escape(html.escape(HARD)),
        quote(HARD),
        quote(HARD, safe="").lower(),
        quote(quote(HARD, safe=""), safe=""),
        HARD.replace("+", "%2B"),
        json.dumps(HARD),
        _doubled(HARD),
        _doubled(HARD.replace("/", "\\/")),
        repr(HARD),
        repr(HARD.encode()),
        "".join(f"\\u{ord(character):04X}" for character in HARD),
        "".join(f"\\x{ord(character):02x}" for character in HARD),
        "".join(f"%{ord(character):02x}" for character in HARD),
        "".join(f"&#{ord(character)};" for character in HARD),
    ],
)
def test_a_key_is_redacted_in_every_escape_of_a_library(escaped: str) -> None:
    assert "qr" not in redact(f"<p>{escaped}</p>", [Key(HARD)])
    assert "[redacted]" in redact(escaped, [Key(HARD)])


def test_a_secret_of_several_lines_and_alphabets_is_redacted() -> None:
    secret = "-----BEGIN KEY-----\nschlüssel 🔑\n-----END KEY-----"
    for written in (secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        assert redact(written, [Key(secret)]).strip('"') == "[redacted]"


def test_megabytes_that_look_like_escapes_are_searched_at_once() -> None:
    for piece in ("\\", "%25", "&amp;", "\\u002", "&#000"):
        text = piece * 300_000
        assert redact(text, [Key(HARD)]) == text


@pytest.mark.parametrize(
    "pasted",
    [
        f'"{SECRET}"',
        f"'{SECRET}'\n",
        f' " {SECRET} "',
        f"\u201c{SECRET}\u201d",
        f"SOME_KEY={SECRET}",
        f'SOME_KEY="{SECRET}"',
        f"Bearer {SECRET}",
    ],
)
def test_what_an_env_file_or_a_document_leaves_around_a_key_is_taken_off(
    pasted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", pasted)
    assert find_key(None, "SOME_KEY") == Key(SECRET)
