from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from command_line import Ended, files, openrange

from openrange import SnapshotStore
from openrange.cli.failure import Invocation
from openrange.cli.main import openrange as main
from openrange.testing.chat_server import Answer, ChatServer, Seen, answer_by_schema

MANIFEST = """
world: {goal: The portal of a bakery.}
pack: {id: webapp, options: {weaknesses: [path_traversal]}}
seed: 3
"""
OFFLINE = ("build", "--backend", "offline", "--json")


def test_the_first_command_builds_a_world_and_says_where_it_is_and_what_the_task_is() -> None:
    first = openrange("build", "--backend", "offline")
    assert first.status == 0
    (file,) = Path("snapshots").iterdir()
    assert first.out.startswith("The world is admitted: ")
    for part in (file.stem, str(file), "recover-flag", "result.json", "offline", "1 attempt"):
        assert part in first.out
    assert f"openrange inspect {file.stem[:12]}\n" in first.out
    assert "using the backend offline, because the command line names it\n" in first.err
    before = file.read_bytes()
    second = openrange("build", "--backend", "offline")
    assert file.stem in second.out
    assert files() == ["snapshots", str(file)]
    assert file.read_bytes() == before


def test_where_nothing_is_set_the_offline_backend_builds_and_says_so() -> None:
    done = openrange("build")
    assert done.status == 0
    assert "using the backend offline, because no key that is detected is set" in done.err
    assert done.out.splitlines()[2].split()[1] == openrange(*OFFLINE).document["snapshot_id"]


def test_json_is_one_object_with_the_keys_that_are_promised() -> None:
    done = openrange(*OFFLINE)
    assert (done.status, done.err) == (0, "")
    made = done.document
    (file,) = Path("snapshots").iterdir()
    assert list(made) == [
        *("snapshot_id", "path", "tasks", "backend", "model", "attempts", "usage", "seconds")
    ]
    assert (made["snapshot_id"], made["path"]) == (file.stem, str(file))
    (task,) = made["tasks"]
    assert list(task) == ["id", "instruction"]
    assert (made["backend"], made["model"], made["attempts"]) == ("offline", None, 1)
    assert made["usage"] == {
        "requests": 1,
        "input_tokens": None,
        "output_tokens": None,
        "cached_tokens": None,
        "reasoning_tokens": None,
        "cost_usd": None,
    }
    assert isinstance(made["seconds"], float)
    loaded = SnapshotStore().load(made["path"])
    assert [(each.id, each.instruction) for each in loaded.tasks] == [tuple(task.values())]


def test_seed_and_prompt_make_another_world() -> None:
    runs: list[tuple[str, ...]] = [
        (),
        ("--seed", "0"),
        ("--seed", "1"),
        ("--seed", "-1"),
        ("--prompt", "With a lift."),
        ("--prompt", " "),
    ]
    plain, zero, one, minus, lift, blank = (
        json.loads(
            CliRunner().invoke(main, [*OFFLINE, *extra], obj=Invocation(as_json=True)).stdout
        )["snapshot_id"]
        for extra in runs
    )
    assert plain == zero == blank
    assert len({plain, one, minus, lift}) == 4


def test_a_manifest_decides_and_output_says_where_it_goes() -> None:
    Path("m.yaml").write_text(MANIFEST)
    made = openrange(*OFFLINE, "m.yaml", "--output", "far/away").document
    assert Path(made["path"]).parent == Path("far/away")
    snapshot = SnapshotStore("far/away").load(made["snapshot_id"])
    chain: Any = snapshot.world["chain"]
    assert [link["weakness"] for link in chain] == ["path_traversal"]
    assert (snapshot.world["goal"], snapshot.world["seed"]) == ("The portal of a bakery.", 3)
    Path("m.json").write_text(json.dumps(snapshot.metadata["manifest"]))
    assert openrange(*OFFLINE, "m.json").document["snapshot_id"] == made["snapshot_id"]
    assert openrange("build", "m.yaml", "--output", "far/away").out.endswith(" --store far/away\n")


def _was_asked(server: ChatServer, made: Ended, model: str) -> None:
    """The server got what a model needs, and the world is there."""
    assert made.status == 0, made
    (seen,) = [each for each in server.seen if each.method == "POST"]
    assert [message["role"] for message in seen.messages] == ["system", "user"]
    assert seen.schema is not None
    assert "weakness" in str(seen.schema["properties"])
    assert seen.body["model"] == model
    document = made.document
    assert (document["backend"], document["model"]) == ("openai-compatible", "test-model")
    assert document["usage"]["input_tokens"] == 11
    assert Path(document["path"]).is_file()


def test_a_server_named_on_the_command_line_designs_the_world(server: ChatServer) -> None:
    made = openrange(
        *("build", "--json", "--backend", "openai-compatible", "--model", "m1"),
        *("-o", f"base_url={server.url}", "-o", "temperature=0.5"),
        OPENAI_API_KEY="k",
    )
    _was_asked(server, made, "m1")
    assert server.seen[0].body["temperature"] == 0.5
    assert server.seen[0].headers["Authorization"] == "Bearer k"


def test_a_server_named_in_the_configuration_file_alone_designs_the_world(
    server: ChatServer,
) -> None:
    Path("openrange.toml").write_text(
        f'[llm]\nbackend = "openai-compatible"\nmodel = "m2"\nbase_url = "{server.url}"\n'
        "timeout = 30\n"
    )
    _was_asked(server, openrange("build", "--json"), "m2")


def test_a_server_named_by_the_only_variable_designs_the_world(server: ChatServer) -> None:
    made = openrange("build", "--json", OPENAI_BASE_URL=server.url)
    _was_asked(server, made, "only-model")
    assert [each.method for each in server.seen] == ["GET", "POST"]
    assert not any("Authorization" in each.headers for each in server.seen)


def test_a_design_that_breaks_the_schema_is_asked_for_again_and_the_user_is_told(
    server: ChatServer,
) -> None:
    def once_wrong(seen: Seen) -> Answer:
        if len(server.seen) == 1:
            right: Any = answer_by_schema(seen).document
            right["choices"][0]["message"]["content"] = '{"company": "Acme"}'
            return Answer(document=right)
        return answer_by_schema(seen)

    server.script = once_wrong
    made = openrange("build", "--model", "m", OPENAI_BASE_URL=server.url)
    assert made.status == 0
    assert "using the backend openai-compatible (m), because OPENAI_BASE_URL is set" in made.err
    assert "does not conform to the schema" in made.err
    assert "asking once more" in made.err
    assert "2 requests, 22 tokens in, 14 tokens out" in made.out


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((), ("Usage: openrange [OPTIONS] COMMAND", "openrange build --backend offline")),
        (("--help",), ("Usage: openrange [OPTIONS] COMMAND", "build", "inspect", "packs")),
        (("-h",), ("Usage: openrange [OPTIONS] COMMAND", "backends")),
        (
            ("build", "--help"),
            (
                *("[MANIFEST]", "--backend NAME", "--model MODEL", "-o KEY=VALUE", "--config FILE"),
                *("--seed", "--prompt TEXT", "--output", "--max-repairs", "--json"),
            ),
        ),
        (("inspect", "--help"), ("SNAPSHOT", "--store", "--json")),
        (("backends", "--help"), ("--config FILE", "--json")),
        (("packs", "--help"), ("--json",)),
    ],
)
def test_help_is_at_hand(command: tuple[str, ...], words: tuple[str, ...]) -> None:
    done = openrange(*command)
    assert (done.status, done.err) == (0, "")
    assert [word for word in words if word not in done.out] == []


def test_the_version_is_the_distributions() -> None:
    done = openrange("--version")
    assert done.status == 0
    assert done.out.startswith("openrange 2.")
