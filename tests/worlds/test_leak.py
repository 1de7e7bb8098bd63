from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sabotage import SPELLINGS

from openrange.worlds.leak import leaks

FLAG = "flag{0123456789abcdef9876543210fedcba}"
OTHER = "flag{f0e1d2c3b4a5968778695a4b3c2d1e0f}"
CORE = FLAG[5:-1]

Spelling = Callable[[str], str]


def base64_of(raw: str) -> str:
    return base64.b64encode(raw.encode()).decode()


FOUND: dict[str, Spelling] = SPELLINGS | {
    "without the brackets, reversed": lambda flag: flag[5:-1][::-1],
    "base64 without padding": lambda flag: base64_of(flag).rstrip("="),
    "base64 for URLs": lambda flag: base64.urlsafe_b64encode(f"??>{flag}".encode()).decode(),
    "base64 at offset 0": lambda flag: base64_of(flag[5:-1]),
    "base64 at offset 1": lambda flag: base64_of("x" + flag[5:-1] + "tail"),
    "base64 at offset 2": lambda flag: base64_of("xy" + flag[5:-1] + "tail"),
    "base64 in lines": lambda flag: base64.encodebytes((f"{'x' * 50}{flag}").encode()).decode(),
    "base64 of the reverse": lambda flag: base64_of(flag[::-1]),
    "base64 of base64 at an offset": lambda flag: base64_of("z" + base64_of("xy" + flag)),
    "base32 at offset 1": lambda flag: base64.b32encode(f"x{flag}yz".encode()).decode(),
    "base32 at offset 3": lambda flag: base64.b32encode(f"xyz{flag}".encode()).decode(),
    "base16": lambda flag: base64.b16encode(flag.encode()).decode(),
    "hex with colons": lambda flag: flag.encode().hex(":"),
    "hex with spaces": lambda flag: flag.encode().hex(" "),
    "hex as in C": lambda flag: ", ".join(f"0x{byte:02x}" for byte in flag.encode()),
    "backslash x": lambda flag: "".join(f"\\x{byte:02x}" for byte in flag.encode()),
    "backslash u": lambda flag: "".join(f"\\u{byte:04x}" for byte in flag.encode()),
    "backslash u in braces": lambda flag: "".join(f"\\u{{{byte:x}}}" for byte in flag.encode()),
    "quoted-printable": lambda flag: "".join(f"={byte:02X}" for byte in flag.encode()),
    "percent": lambda flag: "".join(f"%{byte:02x}" for byte in flag.encode()),
    "percent for some": lambda flag: quote(flag),
    "percent twice": lambda flag: quote(quote(flag)),
    "decimal codes": lambda flag: json.dumps(list(flag.encode())),
    "decimal codes with spaces": lambda flag: " ".join(str(byte) for byte in flag.encode()),
    "hexadecimal entities": lambda flag: "".join(f"&#x{byte:x};" for byte in flag.encode()),
    "JSON": lambda flag: json.dumps({"flag": flag}),
    "a URL": lambda flag: f"/download?code={flag}",
    "an attribute": lambda flag: f'<input type="hidden" value="{flag}">',
    "spaces": " ".join,
    "dashes": "-".join,
    "groups": lambda flag: "-".join(flag[5:-1][n : n + 8] for n in range(0, 32, 8)),
    "soft hyphens": "\u00ad".join,
    "spaces without width": "\u200b".join,
    "spaces in a comment": lambda flag: f"<!-- {' '.join(flag)} -->",
    "one line each": "\n".join,
    "tags with attributes": lambda flag: '</i><i class="x">'.join(flag),
    "comments between": "<!-- x -->".join,
    "a table": lambda flag: "<tr>" + "".join(f"<td>{c}</td>\n" for c in flag) + "</tr>",
    "full-width letters": lambda flag: "".join(chr(ord(c) + 0xFEE0) for c in flag),
    "NUL bytes between, as in UTF-16": lambda flag: flag.encode("utf-16-le").decode(),
}


@pytest.mark.parametrize("spelling", FOUND)
def test_a_flag_is_found_in_whichever_way_it_is_spelled(spelling: str) -> None:
    page = "<html>\n<body><h1>Welcome</h1>\n{}\n<footer>Bye</footer></body></html>"
    said = FOUND[spelling](FLAG)
    assert leaks(page.format(said), FLAG)
    assert leaks(said, FLAG)


@pytest.mark.parametrize("spelling", FOUND)
def test_another_flag_is_not_taken_for_it(spelling: str) -> None:
    assert not leaks(f"<p>{FOUND[spelling](OTHER)}</p>", FLAG)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "flag{...}",
        "flag{}",
        "The flag has 32 hexadecimal digits.",
        CORE[:-1],
        CORE[1:],
        FLAG[:20],
        f"{CORE[:16]}<p>and {CORE[16:]}</p>",
        base64_of(FLAG[:30]),
        "0123456789abcdef" * 1000,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "Cookie: session=" + base64_of("{'account':'ada.novak','role':'employee'}"),
        "<" * 5000,
        "&#" * 5000,
        "&#99999999999999999999;&#xD800;&#0;\\x\\u00\\u{",
        "%" * 5000,
    ],
)
def test_an_innocent_text_gives_nothing_away(text: str) -> None:
    assert not leaks(text, FLAG)


@given(st.text())
@example("\ud800")
def test_a_random_page_gives_nothing_away(text: str) -> None:
    assert not leaks(f"<p>{text}</p>", FLAG)


@given(st.text(), st.text(), st.sampled_from(sorted(SPELLINGS)))
def test_no_surroundings_hide_a_flag(before: str, after: str, spelling: str) -> None:
    assert leaks(f"{before}\n{SPELLINGS[spelling](FLAG)}\n{after}", FLAG)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_no_neighbours_hide_a_flag_in_base64(before: bytes, after: bytes) -> None:
    raw = before + CORE.encode() + after
    assert leaks(base64.b64encode(raw).decode(), FLAG)
    assert leaks(base64.b32encode(raw).decode(), FLAG)
    assert leaks(base64.b64encode(base64.b64encode(raw)).decode(), FLAG)
