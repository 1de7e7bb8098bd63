from __future__ import annotations

import json
from pathlib import Path

from environments import Environment

from openrange.testing.chat_server import ChatServer

# The key of no one; the local server does not look at it.
KEY = "not-a-real-key"


def test_the_core_alone_builds_a_world_and_knows_no_litellm(core_alone: Environment) -> None:
    assert core_alone.python("import litellm").returncode == 1
    assert core_alone.python("import openrange_litellm").returncode == 1
    built = core_alone.run("openrange", "build", "--json")
    assert built.returncode == 0, built.stderr
    assert json.loads(built.stdout)["backend"] == "offline"
    names = core_alone.python("import openrange; print(openrange.available_backends())")
    assert names.stdout == "('claude', 'codex', 'offline', 'openai-compatible')\n"


def test_the_core_alone_names_the_package_that_a_key_needs(core_alone: Environment) -> None:
    built = core_alone.run("openrange", "build", ANTHROPIC_API_KEY=KEY)
    assert built.returncode == 2
    assert built.stderr.startswith("openrange: error: ANTHROPIC_API_KEY is set")
    assert "openrange-litellm" in built.stderr
    assert not list(Path.cwd().iterdir())


def test_without_the_plugin_its_class_cannot_be_imported(core_alone: Environment) -> None:
    code = """
import openrange
assert "LiteLLMBackend" not in openrange.__all__
assert "LiteLLMBackend" not in dir(openrange)
try:
    from openrange import LiteLLMBackend
except ImportError as error:
    assert isinstance(error, openrange.BackendNotFoundError)
    print(error)
"""
    ended = core_alone.python(code)
    assert "pip install . ./src/openrange-litellm" in ended.stdout, ended.stderr


def test_importing_openrange_is_light(core_alone: Environment) -> None:
    ended = core_alone.run("python", "-X", "importtime", "-c", "import openrange")
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert "openrange" in imported
    heavy = ("litellm", "click", "rich", "jsonschema", "yaml", "pluggy", "platformdirs", "rstr")
    assert not [name for name in imported if name.split(".")[0] in heavy]


def test_with_the_plugin_its_class_is_public_and_imports_no_litellm(both: Environment) -> None:
    code = """
import sys
import openrange
from openrange import LiteLLMBackend
assert "LiteLLMBackend" in openrange.__all__
assert "LiteLLMBackend" in dir(openrange)
backend = openrange.resolve_backend("litellm", model="openai/x")
assert isinstance(backend, LiteLLMBackend)
assert "litellm" not in sys.modules
print("light")
"""
    ended = both.python(code)
    assert ended.stdout == "light\n", ended.stderr


def test_one_key_is_enough_to_choose_litellm_and_a_model(both: Environment) -> None:
    ended = both.run("openrange", "backends", "--json", ANTHROPIC_API_KEY=KEY)
    build = json.loads(ended.stdout)["build"]
    assert build["backend"] == "litellm"
    assert "ANTHROPIC_API_KEY is set" in build["because"]
    assert build["options"]["model"]["value"].startswith("anthropic/")
    text = both.run("openrange", "backends", ANTHROPIC_API_KEY=KEY).stdout
    assert "A build would take litellm (anthropic/" in text


def test_both_http_backends_build_through_command_line_file_and_environment(
    both: Environment, server: ChatServer, tmp_path: Path
) -> None:
    litellm = ["--backend", "litellm", "--model", "openai/anything", "-o"]
    core = ["--backend", "openai-compatible", "-o"]
    ways: dict[str, tuple[list[str], str, dict[str, str]]] = {
        "core": ([*core, f"base_url={server.url}"], "", {"OPENAI_API_KEY": KEY}),
        "litellm": ([*litellm, f"api_base={server.url}"], "", {"OPENAI_API_KEY": KEY}),
        "core file": (
            [],
            f'[llm]\nbackend = "openai-compatible"\nbase_url = "{server.url}"\n',
            {"OPENAI_API_KEY": KEY},
        ),
        "litellm file": (
            [],
            f'[llm]\nbackend = "litellm"\nmodel = "openai/anything"\napi_base = "{server.url}"\n',
            {"OPENAI_API_KEY": KEY},
        ),
        "one variable": ([], "", {"OPENAI_BASE_URL": server.url}),
    }
    for name, (arguments, config, variables) in ways.items():
        server.seen.clear()
        work = tmp_path / name
        work.mkdir()
        (work / "openrange.toml").write_text(config) if config else None
        ended = both.run("openrange", "build", "--json", *arguments, cwd=work, **variables)
        assert ended.returncode == 0, (name, ended.stdout, ended.stderr)
        built = json.loads(ended.stdout)
        assert Path(work, built["path"]).is_file()
        asked = server.seen[-1]
        assert [message["role"] for message in asked.messages] == ["system", "user"], name
        assert asked.schema is not None, name
        assert "weaknesses" in asked.schema["properties"], name  # type: ignore[operator]
        assert built["usage"]["input_tokens"] == 11, name
        assert KEY not in ended.stdout + ended.stderr
        assert KEY not in Path(work, built["path"]).read_text()
