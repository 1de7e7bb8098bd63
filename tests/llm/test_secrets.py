from __future__ import annotations

import pytest

from openrange.errors import LLMBackendError
from openrange.llm import Key, find_key, redact

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
