from __future__ import annotations

import sys
import unicodedata

import pytest

from openrange.llm.text import one_line


def test_whatever_this_python_knows_as_a_control_or_format_character_goes() -> None:
    unsafe = "".join(
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) in ("Cc", "Cf", "Cs")
    )
    assert one_line(unsafe) == ""


@pytest.mark.parametrize(
    "blank",
    ["\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\ufe0f", "\U000e0100", "\U00013439", "\u034f"],
)
def test_text_that_cannot_be_seen_is_blank(blank: str) -> None:
    assert one_line(f" {blank} {blank}") == ""
    assert one_line(f"a{blank}b") == "ab"


def test_what_can_be_seen_stays_in_any_script() -> None:
    for text in (
        "Jos\u00e9",
        "\u5c71\u7530",
        "\u05d3\u05e0\u05d4",
        "\uac00",
        "\U0001f680",
        "\u2801",
    ):
        assert one_line(text) == text
