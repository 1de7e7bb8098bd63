from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

import pytest
from webapp_worlds import CLASSES, PACK, link_of, manifest_of

from openrange import OpenAICompatibleBackend, Snapshot, build
from openrange.packs.webapp.client import sign_in
from openrange.packs.webapp.weaknesses import context_of
from openrange.packs.webapp.world import as_world
from openrange.testing.chat_server import Answer, ChatServer, Seen, completion
from openrange.worlds.boot import boot
from openrange.worlds.crawl import crawl


class Designer:
    """A model that follows the schema, with a random mark in every slot of free text.

    Args:
        weakness: The class that it chooses.
    """

    def __init__(self, weakness: str) -> None:
        self.weakness = weakness
        self.marks: dict[str, str] = {}
        self.seen: list[Seen] = []

    def __call__(self, seen: Seen) -> Answer:
        self.seen.append(seen)
        assert seen.schema is not None
        design = self._filled(seen.schema, "$")
        assert isinstance(design, dict)
        return Answer(document=completion(json.dumps(design | {"weakness": self.weakness})))

    def _filled(self, schema: Mapping[str, Any], path: str) -> object:
        if schema["type"] == "object":
            slots = schema["properties"].items()
            return {name: self._filled(slot, f"{path}.{name}") for name, slot in slots}
        if schema["type"] == "array":
            count = schema["minItems"]
            return [self._filled(schema["items"], f"{path}[{n}]") for n in range(count)]
        if "enum" in schema:
            return secrets.choice(schema["enum"])
        self.marks[path] = f"mark{secrets.token_hex(6)}"
        return self.marks[path]


def built_by(server: ChatServer, designer: Designer, **options: Any) -> Snapshot:
    server.script = designer
    backend = OpenAICompatibleBackend(base_url=server.url, model="m", api_key="k")
    return build(manifest_of(**options), llm=backend)


@pytest.mark.parametrize("weakness", CLASSES)
def test_every_word_of_the_design_is_on_the_pages_that_the_agent_can_see(
    server: ChatServer, weakness: str
) -> None:
    designer = Designer(weakness)
    snapshot = built_by(server, designer)
    assert {"$.company", "$.story", "$.employees[2].name", "$.records[2].body"} <= set(
        designer.marks
    )
    with boot(PACK.command(), snapshot.world) as running:
        visitor = running.visitor()
        PACK.sign_in(visitor, snapshot.world)
        crawl(visitor)
    seen = "\n".join(page.body for page in visitor.replies)
    assert [path for path, mark in designer.marks.items() if mark not in seen] == []


@pytest.mark.parametrize("weakness", CLASSES)
def test_the_weakness_of_the_design_is_the_one_that_its_solver_beats_and_no_other_does(
    server: ChatServer, weakness: str
) -> None:
    snapshot = built_by(server, Designer(weakness))
    world = as_world(snapshot.world)
    assert [link["weakness"] for link in world["chain"]] == [weakness]
    with boot(PACK.command(), snapshot.world) as running:
        for name in CLASSES:
            visitor, link = running.visitor(), link_of(name)
            sign_in(visitor, world)
            found = context_of(link).solve(visitor, world, link, ())
            assert found == (running.flag if name == weakness else None)


def test_the_choices_of_the_design_are_the_choices_of_the_world(server: ChatServer) -> None:
    designer = Designer("forged_session")
    snapshot = built_by(server, designer, weaknesses=["forged_session"])
    (seen,) = designer.seen
    schema: Any = seen.schema
    assert schema["properties"]["weakness"]["enum"] == ["forged_session"]
    doors: Any = snapshot.world["doors"]
    for door, slot in (
        ("directory", "directory_path"),
        ("parameter", "search_parameter"),
        ("records", "records_path"),
        ("console", "console_path"),
    ):
        assert doors[door] in schema["properties"][slot]["enum"]


def test_the_model_gets_the_roles_and_the_schema_and_its_usage_is_counted(
    server: ChatServer,
) -> None:
    designer = Designer("sql_injection")
    snapshot = built_by(server, designer, goal="The portal of a bakery.", seed=12)
    (seen,) = designer.seen
    assert [message["role"] for message in seen.messages] == ["system", "user"]
    assert "The portal of a bakery." in seen.messages[1]["content"]
    assert "Seed: 12" in seen.messages[1]["content"]
    assert seen.schema == PACK.design_schema(manifest_of())
    usage: Any = snapshot.metadata["usage"]
    assert (usage["requests"], usage["input_tokens"], usage["output_tokens"]) == (1, 11, 7)
    assert snapshot.metadata["model"] == "test-model"
