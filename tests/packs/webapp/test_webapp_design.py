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
from openrange.llm.schema import without_examples
from openrange.packs.webapp.industries import INDUSTRIES
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
    assert {keyword for node in nodes(schema) for keyword in node} == SIMPLE | {"examples"}
    assert LLMRequest("", json_schema=schema).json_schema == schema


def test_every_object_is_closed_and_every_property_required() -> None:
    objects = [node for node in nodes(schema_of(manifest_of())) if node["type"] == "object"]
    assert len(objects) == 4
    for node in objects:
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])


def test_every_array_has_a_fixed_length() -> None:
    arrays = [node for node in nodes(schema_of(manifest_of())) if node["type"] == "array"]
    assert [(node["minItems"], node["maxItems"]) for node in arrays] == [
        *((4, 4), (2, 2), (3, 3), (4, 4), (1, 1))
    ]


def test_the_schema_as_sent_asks_for_strict_conformance(server: ChatServer) -> None:
    llm = OpenAICompatibleBackend(server.url, api_key="sk-any", model="test-model")
    build(manifest_of(), llm=llm)
    sent: Any = server.seen[-1].body["response_format"]
    assert sent["json_schema"]["schema"] == without_examples(schema_of(manifest_of()))
    assert sent["json_schema"]["strict"] is True
    assert qualifies_for_strict(sent["json_schema"]["schema"])


def test_the_briefing_says_how_long_each_text_may_be() -> None:
    """In the order of the slots, with the lengths to which `realize` cuts."""
    text = PACK.briefing(manifest_of())
    slots = text[text.index("- company") : text.index("Choices:")]
    said = [int(number) for number in re.findall(r"\((\d+)\)", slots)]
    assert said == [60, 100, 400, 40, 50, 60, 200, 60, 200, 16, 60, 400]


def test_the_designs_of_these_tests_conform() -> None:
    schema = schema_of(manifest_of())
    for design in (design_of(), design_of(lambda slot, longest: ""), design_of(_longest)):
        jsonschema.validate(design, schema)


def _longest(slot: str, longest: int) -> str:
    return "x" * longest


def test_all_weaknesses_are_offered_unless_the_manifest_names_some() -> None:
    def offered(**options: Any) -> object:
        return schema_of(manifest_of(**options))["properties"]["weaknesses"]["items"]["enum"]

    assert offered() == list(CLASSES)
    assert offered(weaknesses=["path_traversal"]) == ["path_traversal"]
    assert offered(weaknesses=["path_traversal", "sql_injection", "path_traversal/plain"]) == [
        "path_traversal",
        "sql_injection",
    ]


@pytest.mark.parametrize("difficulty", [1, 2, 3, 4])
def test_a_design_names_as_many_weaknesses_as_the_difficulty_says(difficulty: int) -> None:
    slot = schema_of(manifest_of(difficulty=difficulty))["properties"]["weaknesses"]
    assert (slot["minItems"], slot["maxItems"]) == (difficulty, difficulty)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"difficulty": 0}, "difficulty must be a number from 1 to 4"),
        ({"difficulty": 5}, "difficulty must be a number from 1 to 4"),
        ({"difficulty": True}, "difficulty must be a number from 1 to 4"),
        ({"difficulty": "2"}, "difficulty must be a number from 1 to 4"),
        ({"industry": "piracy"}, "industry must be one of logistics, veterinary"),
        ({"split": "dev"}, "split must be one of train, test"),
    ],
)
def test_a_wrong_option_is_refused_with_what_it_takes(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        PACK.design_schema(manifest_of(**options))


@pytest.mark.parametrize(
    ("goal", "industry"),
    [
        ("The staff portal of a veterinary clinic in a small town.", "veterinary"),
        ("A hospital.", "healthcare"),
        ("The portal of a small shipping office.", "logistics"),
        ("Solar power for everybody", "energy"),
        ("A competition of carpets", None),
    ],
)
def test_the_industry_is_read_from_the_goal_where_it_tells(goal: str, industry: str | None) -> None:
    schema = schema_of(manifest_of(goal=goal))["properties"]
    offered = schema["industry"]["enum"]
    assert offered == [industry] if industry else len(offered) > 5
    assert schema["company"]["examples"][0] in INDUSTRIES[industry or "services"].companies


def test_what_a_model_is_sent_and_what_it_answers_fit_a_window_of_4096_tokens() -> None:
    """With three characters a token, which is few for English."""
    for difficulty in (1, 4):
        manifest = manifest_of(difficulty=difficulty)
        sent = json.dumps(without_examples(schema_of(manifest))) + PACK.briefing(manifest)
        assert len(sent) < 2_000 * 3
    design = design_of(lambda slot, longest: "x" * longest, weaknesses=["sql_injection"] * 4)
    assert len(json.dumps(design)) < 1_500 * 3


def test_an_unknown_option_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        ManifestError,
        match="no option 'weakness'; it takes difficulty, ind",
    ):
        PACK.design_schema(manifest_of(weakness=["sql_injection"]))


@pytest.mark.parametrize("value", [[], "sql_injection", None, 3, ["xss"], [["sql_injection"]]])
def test_a_wrong_list_of_weaknesses_is_refused_with_the_known_ones(value: object) -> None:
    with pytest.raises(ManifestError, match="weaknesses") as caught:
        PACK.briefing(manifest_of(weaknesses=value))
    for name in CLASSES:
        assert name in str(caught.value)


def test_the_briefing_explains_every_slot_and_the_allowed_weaknesses() -> None:
    text = PACK.briefing(manifest_of(weaknesses=["path_traversal"]))
    for slot in schema_of(manifest_of())["properties"]:
        assert slot in text
    assert "path_traversal: a download refuses to climb, and takes an absolute path; or " in text
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
