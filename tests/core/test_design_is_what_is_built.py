from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

import pytest
from webapp_worlds import CLASSES, PACK, manifest_of

from openrange import OpenAICompatibleBackend, Snapshot, build
from openrange.llm.schema import without_examples
from openrange.packs.webapp.world import World, as_world, door_of
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
        return Answer(document=completion(json.dumps(design | {"weaknesses": [self.weakness]})))

    def _filled(self, schema: Mapping[str, Any], path: str) -> object:
        if schema["type"] == "object":
            slots = schema["properties"].items()
            return {name: self._filled(slot, f"{path}.{name}") for name, slot in slots}
        if schema["type"] == "array":
            count = schema["minItems"]
            return [self._filled(schema["items"], f"{path}[{n}]") for n in range(count)]
        if "enum" in schema:
            return secrets.choice(schema["enum"])
        letters = "".join(secrets.choice("abcdefghij") for _ in range(10))
        self.marks[path] = f"mark{letters}"
        return self.marks[path]


def built_by(server: ChatServer, designer: Designer, **options: Any) -> Snapshot:
    server.script = designer
    backend = OpenAICompatibleBackend(base_url=server.url, model="m", api_key="k")
    return build(manifest_of(**options), llm=backend)


@pytest.mark.parametrize("weakness", CLASSES[::2])
def test_every_word_of_the_design_is_on_the_pages_that_the_agent_can_see(
    server: ChatServer, weakness: str
) -> None:
    designer = Designer(weakness)
    snapshot = built_by(server, designer)
    assert {"$.company", "$.story", "$.people[2].name", "$.records[2].body"} <= set(designer.marks)
    world = as_world(snapshot.world)
    with boot(PACK.command(), snapshot.world) as running:
        visitor = running.visitor()
        PACK.sign_in(visitor, snapshot.world)
        crawl(visitor)
        for door in world["services"][0]["doors"]:
            if door["kind"] == "records":
                PACK.use(visitor, snapshot.world, 0, None)
    told = snapshot.tasks[0].instruction
    seen = "\n".join([*(page.body for page in visitor.replies), told])
    search, records = door_of(world["services"][0], "search"), any_of(world, "records")
    people = search is not None and {"name", "title"} <= {*search["facts"]["shown"]}
    missing = [path for path, mark in designer.marks.items() if mark not in seen]
    # What stands behind a door that this portal does not have, is not to be seen there.
    assert not [
        path
        for path in missing
        if not path.startswith("$.words")
        and (people or not path.startswith("$.people"))
        and (records or not path.startswith("$.records"))
    ]
    built = str(world["services"])
    assert any(mark in built for path, mark in designer.marks.items() if "words" in path)


def any_of(world: World, kind: str) -> bool:
    return door_of(world["services"][0], kind) is not None


@pytest.mark.parametrize("weakness", CLASSES[::3])
def test_the_weakness_of_the_design_is_the_one_that_is_planted(
    server: ChatServer, weakness: str
) -> None:
    snapshot = built_by(server, Designer(weakness))
    world = as_world(snapshot.world)
    assert [link["weakness"] for link in world["chain"]] == [weakness]
    with boot(PACK.command(), snapshot.world) as running:
        assert PACK.solve(running.visitor(), snapshot.world) == running.flag


def test_the_choices_of_the_design_are_the_choices_of_the_world(server: ChatServer) -> None:
    designer = Designer("path_traversal")
    snapshot = built_by(server, designer, weaknesses=["path_traversal"], industry="energy")
    (seen,) = designer.seen
    schema: Any = seen.schema
    assert schema["properties"]["weaknesses"]["items"]["enum"] == ["path_traversal"]
    assert schema["properties"]["industry"]["enum"] == ["energy"]
    assert snapshot.world["industry"] == "energy"
    assert snapshot.world["accent"] in schema["properties"]["accent"]["enum"]


def test_the_model_gets_the_roles_and_the_schema_and_its_usage_is_counted(
    server: ChatServer,
) -> None:
    designer = Designer("sql_injection")
    snapshot = built_by(server, designer, goal="The portal of a bakery.", seed=12)
    (seen,) = designer.seen
    assert [message["role"] for message in seen.messages] == ["system", "user"]
    assert "The portal of a bakery." in seen.messages[1]["content"]
    assert "Seed: 12" in seen.messages[1]["content"]
    assert seen.schema == without_examples(
        PACK.design_schema(manifest_of("The portal of a bakery."))
    )
    usage: Any = snapshot.metadata["usage"]
    assert (usage["requests"], usage["input_tokens"], usage["output_tokens"]) == (1, 11, 7)
    assert snapshot.metadata["model"] == "test-model"
