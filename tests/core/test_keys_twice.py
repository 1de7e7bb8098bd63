from __future__ import annotations

import pytest

from openrange import Manifest, ManifestError

REST = '"world": {"goal": "x"}, "pack": {"id": "webapp"}'


def complaint(text: str) -> str:
    with pytest.raises(ManifestError) as caught:
        Manifest.parse(text.encode(), "m")
    return str(caught.value)


@pytest.mark.parametrize(
    "before",
    [
        '"mode": "\\ud83d\\ude00"',  # from here on: what is JSON and no YAML
        f'"{"k" * 1100}": 1',
        '"mode"\n\t: "simulation"',
        '"mode": "\x7f"',
        '"mode": "a\\/b"',
    ],
)
def test_a_key_twice_in_json_is_found_whatever_else_stands_there(before: str) -> None:
    line = before.count("\n") + 2
    text = f'{{{before}, {REST},\n"seed": 1,\n"seed": 2}}'
    assert (
        complaint(text)
        == f"manifest m: the key 'seed' stands twice, in lines {line} and {line + 1}"
    )


@pytest.mark.parametrize(
    ("text", "key", "where"),
    [
        ('{"seed": 1, "\\u0073eed": 2}', "seed", "line 1"),
        ('{"a": [{"b": 1}, {"b": 2,\n"b": 3}]}', "b", "lines 1 and 2"),
        ("a: 1\n'a': 2\n", "a", "lines 1 and 2"),
        ("- b: 1\n- {c: 1, c: 2}\n", "c", "line 2"),
        ('1: x\n"1": y\n', "1", "lines 1 and 2"),
        ("yes: x\ntrue: y\n", "true", "lines 1 and 2"),
        ("1.0: x\n1: y\n", "1", "lines 1 and 2"),
        ("<<: {a: 1}\n<<: {b: 1}\n", "<<", "lines 1 and 2"),
    ],
)
def test_keys_that_would_become_one_are_told_with_their_lines(
    text: str, key: str, where: str
) -> None:
    assert complaint(text) == f"manifest m: the key {key!r} stands twice, in {where}"


@pytest.mark.parametrize(
    "goal", ['{\\"goal\\": 1, \\"goal\\": 2}', '\\\\\\"goal\\": [}', "goal: x, goal: y"]
)
def test_what_a_text_holds_is_no_key(goal: str) -> None:
    text = (
        f'{{"world": {{"goal": "{goal}"}}, "pack": {{"id": "webapp", "options": {{"goal": 1}}}}}}'
    )
    assert "goal" in Manifest.parse(text.encode(), "m").goal
