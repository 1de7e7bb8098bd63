from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrange import Manifest, ManifestError
from openrange.core.manifest import PackRef

LEAST: dict[str, Any] = {"world": {"goal": "A bakery."}, "pack": {"id": "webapp"}}
WHOLE: dict[str, Any] = {
    "world": {"goal": "A bakery."},
    "pack": {"id": "webapp", "source": "openrange", "options": {"weaknesses": ["sql_injection"]}},
    "mode": "simulation",
    "npc": [],
    "seed": -7,
}
LEAST_YAML = "world: {goal: A bakery.}\npack: {id: webapp}\n"


def complaint(text: str | bytes) -> str:
    """What a file with this content is refused for: one sentence on one line."""
    file = Path("manifest.yaml")
    file.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    with pytest.raises(ManifestError) as caught:
        Manifest.load(file)
    message = str(caught.value)
    assert message.startswith("manifest")
    assert "\n" not in message
    assert len(message) < 400
    return message


def test_a_yaml_file_is_read() -> None:
    Path("m.yaml").write_text(
        "# a comment\nworld:\n  goal: >-\n    A small\n    bakery.\npack:\n  id: webapp\n"
        "  options:\n    weaknesses: [path_traversal]\nseed: 3\n"
    )
    manifest = Manifest.load("m.yaml")
    assert manifest.goal == "A small bakery."
    assert manifest.pack == PackRef("webapp", None, {"weaknesses": ["path_traversal"]})
    assert (manifest.mode, manifest.npc, manifest.seed) == ("simulation", (), 3)


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_json_file_is_read(indent: Any, encoding: str) -> None:
    Path("m.json").write_text(json.dumps(WHOLE, indent=indent), encoding)
    assert Manifest.load(Path("m.json")).to_mapping() == WHOLE


def test_what_is_left_out_has_a_default_which_is_written_out() -> None:
    assert Manifest.from_mapping(LEAST).to_mapping() == {
        "world": {"goal": "A bakery."},
        "pack": {"id": "webapp", "source": None, "options": {}},
        "mode": "simulation",
        "npc": [],
        "seed": 0,
    }


@given(st.integers(), st.text(min_size=1).filter(str.strip), st.text(min_size=1))
def test_a_manifest_written_out_and_read_again_is_the_same(seed: int, goal: str, key: str) -> None:
    manifest = Manifest({"goal": goal}, PackRef("webapp", None, {key: [1, None]}), seed=seed)
    assert Manifest.from_mapping(manifest.to_mapping()) == manifest
    raw = json.dumps(manifest.to_mapping()).encode()
    assert Manifest.parse(raw, "x") == manifest


def test_the_starter_manifest_ships_with_the_package() -> None:
    manifest = Manifest.starter()
    assert manifest.goal
    assert (manifest.pack.id, manifest.seed) == ("webapp", 0)


def test_an_anchor_without_an_alias_is_harmless() -> None:
    Path("m.yaml").write_text("world: &w {goal: A bakery.}\npack: {id: webapp}\n")
    assert Manifest.load("m.yaml") == Manifest.from_mapping(LEAST)


def test_a_manifest_is_a_value_that_keeps_no_tie_to_what_it_was_made_of() -> None:
    document = json.loads(json.dumps(WHOLE))
    manifest = Manifest.from_mapping(document)
    document["world"]["goal"] = "Another."
    document["pack"]["options"]["weaknesses"].append("path_traversal")
    written: Any = manifest.to_mapping()
    written["pack"]["options"].clear()
    assert manifest.to_mapping() == WHOLE
    assert hash(manifest) == hash(Manifest.from_mapping(WHOLE))
    with pytest.raises(dataclasses.FrozenInstanceError):
        manifest.seed = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &x [1]\nb: *x\n", "YAML aliases are not allowed"),
        ("a: &x\n  - *x\n", "YAML aliases are not allowed"),
        ("base: &x {a: 1}\nworld:\n  <<: *x\n", "YAML aliases are not allowed"),
        (b"#" * 1_000_001, "larger than 1,000,000 bytes"),
        (LEAST_YAML.encode("utf-16"), "not UTF-8 (byte 0)"),
        (b"world: caf\xe9", "not UTF-8 (byte 10)"),
        ("world:\n\tgoal: x\n", "not valid YAML or JSON: while scanning"),
        ("world: [1, 2", "not valid YAML or JSON: "),
        ('{"world": {"goal": "x"},', "not valid YAML or JSON: "),
        ("a: b: c", "not valid YAML or JSON: mapping values are not allowed"),
        ("\x00\x01\x02", "not valid YAML or JSON: unacceptable character"),
        ("%PDF-1.4\n%\u00e2\u00e3", "not valid YAML or JSON: "),
        (LEAST_YAML + "---\n" + LEAST_YAML, "expected a single document"),
        ("!!python/object/apply:os.system [id]", "could not determine a constructor"),
        ("world: !include secret.txt", "could not determine a constructor"),
        *(
            (f"seed: {wrong}", "not valid YAML or JSON: ")
            for wrong in ('!!int ""', '!!float ""', "!!bool x", "!!timestamp x", "2024-13-45")
        ),
        ("[" * 900, "nested deeper than 64 levels"),
        ("[" * 900 + "]" * 900 + " # YAML", "nested deeper than 64 levels"),
        # From 1000 levels on, a PyYAML may have refused it before we do, in its own words.
        ("[" * 500_000, "manifest manifest.yaml: "),
        ("[" * 200_000 + "]" * 200_000, "manifest manifest.yaml: "),
        ('{"a":' * 100_000, "nested deeper than 64 levels"),
        ("- " * 1000 + "x", "nested deeper than 64 levels"),
        (json.dumps({**LEAST, "npc": json.loads("[" * 65 + "]" * 65)}), "nested deeper than 64"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_file_that_is_no_plain_document_is_refused(text: str | bytes, reason: str) -> None:
    message = complaint(text)
    assert reason in message
    assert message.startswith("manifest manifest.yaml: ") or "JSON cannot express" in message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"world": None}, "world must be a mapping, not NoneType"),
        ({"world": "A bakery."}, "world must be a mapping, not str"),
        ({"world": {}}, "world.goal must be a text that says what to build"),
        ({"world": {"goal": ""}}, "world.goal must be a text that says what to build"),
        ({"world": {"goal": " \n"}}, "world.goal must be a text that says what to build"),
        ({"world": {"goal": 5}}, "world.goal must be a text that says what to build"),
        (
            {"world": {"goal": "x", "size": 3}},
            "world has no key 'size'; it takes goal",
        ),
        ({"pack": None}, "pack must be a mapping, not NoneType"),
        ({"pack": "webapp"}, "pack must be a mapping, not str"),
        ({"pack": {}}, "pack.id must name an installed pack"),
        ({"pack": {"id": 5}}, "pack.id must name an installed pack"),
        ({"pack": {"id": ""}}, "pack.id must name an installed pack"),
        (
            {"pack": {"id": "webapp", "source": ["x"]}},
            "pack.source must name an installed distribution",
        ),
        (
            {"pack": {"id": "webapp", "version": 1}},
            "pack has no key 'version'; it takes id, options, source",
        ),
        *(
            (
                {"pack": {"id": "webapp", "options": wrong}},
                "pack.options must be a mapping",
            )
            for wrong in (0, False, "", "x", [1])
        ),
        ({"mode": "real"}, "mode must be 'simulation', not 'real'"),
        ({"mode": None}, "mode must be 'simulation', not None"),
        ({"mode": ["simulation"]}, "mode must be 'simulation', not ['simulation']"),
        ({"npc": [{"name": "Eve"}]}, "npc must be empty, because no pack has characters"),
        ({"npc": {}}, "npc must be a list"),
        *(({"npc": wrong}, "npc must be a list") for wrong in (0, False, "", "x")),
        *(
            ({"seed": wrong}, f"seed must be an integer, not {wrong!r}")
            for wrong in (True, 1.0, "1", None, [1])
        ),
        (
            {"llm": {"backend": "offline"}},
            "the manifest has no key 'llm'; it takes mode, npc, pack, seed, world",
        ),
    ],
)
def test_a_document_that_is_no_manifest_is_refused(change: dict[str, Any], message: str) -> None:
    document = {**LEAST, **change}
    assert complaint(json.dumps(document)).startswith(f"manifest manifest.yaml: {message}")
    with pytest.raises(ManifestError):
        Manifest.from_mapping(document)


@pytest.mark.parametrize("text", ["", "~", "[]", "just text", "7", "# nothing"])
def test_a_document_that_is_no_mapping_is_refused(text: str) -> None:
    assert complaint(text).startswith(
        "manifest manifest.yaml: the manifest must be a mapping, not "
    )


@pytest.mark.parametrize("key", ["world", "pack"])
def test_what_has_no_default_must_be_there(key: str) -> None:
    document = {name: value for name, value in LEAST.items() if name != key}
    assert complaint(json.dumps(document)) == f"manifest manifest.yaml: {key} is missing"


@pytest.mark.parametrize(
    "value", [".nan", ".inf", "2024-01-01", "!!set {a}", "!!binary aGk=", "0x" + "f" * 5000]
)
def test_a_value_that_json_cannot_express_is_refused(value: str) -> None:
    message = complaint(f"world: {{goal: x}}\npack: {{id: webapp, options: {{a: {value}}}}}\n")
    assert "holds a value that JSON cannot express" in message


def test_keys_that_are_not_text_become_text_as_in_json() -> None:
    raw = b"world: {goal: x}\npack: {id: webapp, options: {a: {1: yes}}}\n"
    assert Manifest.parse(raw, "x").pack.options == {"a": {"1": True}}
    assert complaint("1: 2").startswith(
        "manifest manifest.yaml: a key of the manifest must be text, not 1"
    )


def test_a_document_from_python_that_is_too_deep_or_circular_is_refused() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    circle: list[object] = []
    circle.append(circle)
    for value in (deep, circle):
        with pytest.raises(ManifestError, match="holds a value that JSON cannot express"):
            Manifest.from_mapping({**LEAST, "npc": value})


def test_a_file_that_is_not_there_or_is_a_directory_is_named() -> None:
    with pytest.raises(ManifestError, match=r"^manifest nowhere\.yaml: No such file or directory$"):
        Manifest.load("nowhere.yaml")
    Path("folder").mkdir()
    with pytest.raises(ManifestError, match=r"^manifest folder: Is a directory$"):
        Manifest.load("folder")
    with pytest.raises(ManifestError, match="File name too long"):
        Manifest.load("x" * 300)


def test_a_pack_reference_keeps_no_tie_to_its_options() -> None:
    options: dict[str, Any] = {"weaknesses": ["sql_injection"]}
    manifest = Manifest({"goal": "A shop."}, PackRef("webapp", options=options))
    options["weaknesses"].append("path_traversal")
    options["more"] = True
    assert manifest.pack.options == {"weaknesses": ["sql_injection"]}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": ""}, "pack.id must name an installed pack"),
        ({"id": 5}, "pack.id must name an installed pack"),
        ({"id": "webapp", "source": 5}, "pack.source must name an installed distribution"),
        ({"id": "webapp", "options": ["a"]}, "pack.options must be a mapping, not list"),
        ({"id": "webapp", "options": {1: 2}}, "a key of pack.options must be text, not 1"),
        ({"id": "webapp", "options": {"a": {1, 2}}}, "that JSON cannot express"),
    ],
)
def test_a_pack_reference_that_means_nothing_is_refused(
    fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ManifestError, match=reason):
        PackRef(**fields)
