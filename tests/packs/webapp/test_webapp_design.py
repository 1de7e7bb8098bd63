from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
from webapp_worlds import CLASSES, PACK, design_of, manifest_of

from openrange import OpenAICompatibleBackend, build
from openrange.core.manifest import Manifest
from openrange.errors import ManifestError
from openrange.llm import LLMRequest, qualifies_for_strict
from openrange.testing import ChatServer

SIMPLE = {"type", "properties", "required", "additionalProperties", "items"} | {
    *("minItems", "maxItems", "enum")
}


def nodes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema and all those within it."""
    inner = [*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])]
    return [schema, *(node for each in inner for node in nodes(each))]


def schema_of(manifest: Manifest) -> dict[str, Any]:
    return json.loads(json.dumps(PACK.design_schema(manifest)))  # type: ignore[no-any-return]


def test_the_schema_uses_simple_keywords_alone() -> None:
    schema = schema_of(manifest_of())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert {keyword for node in nodes(schema) for keyword in node} == SIMPLE
    assert LLMRequest("", json_schema=schema).json_schema == schema


def test_every_object_is_closed_and_every_property_required() -> None:
    objects = [node for node in nodes(schema_of(manifest_of())) if node["type"] == "object"]
    assert len(objects) == 4
    for node in objects:
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])


def test_every_array_has_a_fixed_length() -> None:
    arrays = [node for node in nodes(schema_of(manifest_of())) if node["type"] == "array"]
    assert [(node["minItems"], node["maxItems"]) for node in arrays] == [(3, 3), (2, 2), (3, 3)]


def test_the_schema_as_sent_asks_for_strict_conformance(server: ChatServer) -> None:
    llm = OpenAICompatibleBackend(server.url, api_key="sk-any", model="test-model")
    build(manifest_of(), llm=llm)
    sent: Any = server.seen[-1].body["response_format"]
    assert sent["json_schema"]["schema"] == schema_of(manifest_of())
    assert sent["json_schema"]["strict"] is True
    assert qualifies_for_strict(sent["json_schema"]["schema"])


def test_the_briefing_says_how_long_each_text_may_be() -> None:
    """In the order of the slots, with the lengths to which `realize` cuts."""
    text = PACK.briefing(manifest_of())
    slots = text[text.index("- company") : text.index("Choices:")]
    said = [int(number) for number in re.findall(r"\((\d+)\)", slots)]
    assert said == [60, 100, 400, 40, 50, 60, 200, 60, 200, 400]


def test_the_designs_of_these_tests_conform() -> None:
    schema = schema_of(manifest_of())
    for design in (design_of(), design_of(lambda slot, longest: ""), design_of(_longest)):
        jsonschema.validate(design, schema)


def _longest(slot: str, longest: int) -> str:
    return "x" * longest


def test_all_weaknesses_are_offered_unless_the_manifest_names_some() -> None:
    def offered(**options: Any) -> object:
        return schema_of(manifest_of(**options))["properties"]["weakness"]["enum"]

    assert offered() == list(CLASSES)
    assert offered(weaknesses=["forged_session"]) == ["forged_session"]
    assert offered(weaknesses=["forged_session", "sql_injection", "forged_session"]) == [
        "forged_session",
        "sql_injection",
    ]


def test_an_unknown_option_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ManifestError, match="no option 'weakness'; it takes weaknesses"):
        PACK.design_schema(manifest_of(weakness=["sql_injection"]))


@pytest.mark.parametrize("value", [[], "sql_injection", None, 3, ["xss"], [["sql_injection"]]])
def test_a_wrong_list_of_weaknesses_is_refused_with_the_known_ones(value: object) -> None:
    with pytest.raises(ManifestError, match="weaknesses") as caught:
        PACK.briefing(manifest_of(weaknesses=value))
    for name in CLASSES:
        assert name in str(caught.value)


def test_the_briefing_explains_every_slot_and_the_allowed_weaknesses() -> None:
    text = PACK.briefing(manifest_of(weaknesses=["forged_session"]))
    for slot in schema_of(manifest_of())["properties"]:
        assert slot in text
    assert "forged_session" in text
    assert "sql_injection" not in text
    assert "plain text that fits the goal" in text
    assert "Never mention a flag" in text


def test_the_packs_files_can_be_given_to_a_local_program() -> None:
    assert PACK.directory.is_dir()
    guide = (PACK.directory / "README.md").read_text(encoding="utf-8")
    for slot in schema_of(manifest_of())["properties"]:
        assert f"`{slot}" in guide
    for name in CLASSES:
        assert name in guide


def test_importing_the_pack_imports_neither_a_server_nor_a_database() -> None:
    code = (
        "import sys; from openrange.packs.webapp import WebappPack\n"
        "print(*{'openrange.worlds.server', 'sqlite3', 'yaml', 'jsonschema'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
