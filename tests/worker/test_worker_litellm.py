"""The real LiteLLM in a real worker: what it must not find, read, send or keep."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from openrange_litellm import providers
from programs import children, python, said

QUIET = """
import os, socket, warnings
tried = []

def no_network(*arguments, **options):
    # `getaddrinfo(host, port)`, or `connect(self, (host, port))`
    tried.append(arguments[1] if isinstance(arguments[0], socket.socket) else arguments[0])
    raise OSError("no network")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = no_network
from openrange_litellm import library
os.environ.update(library.ENVIRONMENT)
warnings.simplefilter("ignore")
library.load()
print(tried, "FROM_A_FILE" in os.environ)
"""

ASKING = """
import os, sys
from openrange import LLMBackendError, LLMRequest
from openrange_litellm import LiteLLMBackend
fields = {"api_base": sys.argv[2]} if len(sys.argv) > 2 else {}
try:
    LiteLLMBackend(sys.argv[1], timeout=30.0, max_retries=0, **fields).complete(LLMRequest("?"))
except LLMBackendError as error:
    print(error, file=sys.stderr)
print("asked", flush=True)
sys.stdin.readline()
"""


NOWHERE = "http://127.0.0.1:9"
OF_AZURE = ("AZURE_", "IDENTITY_", "MSI_")
OF_GOOGLE = ("VERTEX", "GOOGLE_", "GCE_", "GCLOUD_", "CLOUDSDK_", "NO_GCE")


def test_importing_litellm_asks_nobody_and_reads_no_file_into_the_environment() -> None:
    (Path.cwd() / ".env").write_text("FROM_A_FILE=1\nOPENAI_API_KEY=stray\n")
    assert said(QUIET) == "[] False\n"


def every_variable() -> set[str]:
    """The names in the plugin's table, of which those that end in `*` stand for one."""
    table = tomllib.loads(Path(providers.__file__).with_suffix(".toml").read_text("utf-8"))
    names = {*table["models"], *table["places"]}
    for provider in table["providers"].values():
        for part in ("variables", "instead", "settings"):
            names |= {name.replace("*", "ANYTHING") for name in provider.get(part, ())}
    return names | {f"{name.upper()}_API_KEY" for name in table["regular"].split()}


@pytest.mark.parametrize(
    ("model", "beginning"),
    [
        ("groq/openai/gpt-oss-120b", None),
        ("bedrock/global.anthropic.claude-sonnet-4-6", "AWS_"),
        ("azure/deployment", OF_AZURE),
        ("vertex_ai/gemini-3.5-flash", OF_GOOGLE),
    ],
)
def test_a_worker_holds_no_variable_of_another_provider(
    model: str, beginning: str | tuple[str, ...] | None
) -> None:
    names = every_variable()
    values = dict.fromkeys(names, NOWHERE)
    with python(ASKING, model, NOWHERE, **values) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        held = [
            {entry.partition("=")[0] for entry in environment_of(pid)} & names
            for pid in children(process.pid)
        ]
        process.communicate("go\n")
    assert held
    for found in held:
        assert not [name for name in found if beginning is None or not name.startswith(beginning)]
    if beginning is not None:
        assert any(held)


def environment_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/environ").read_text().split("\0")


def test_a_file_of_credentials_named_by_a_relative_path_is_found() -> None:
    (Path.cwd() / "google.json").write_text(json.dumps({"type": "nonsense"}))
    given = {"GOOGLE_APPLICATION_CREDENTIALS": "google.json", "VERTEXAI_PROJECT": "p"}
    with python(ASKING, "vertex_ai/gemini-3.5-flash", **given) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        held = [entry for pid in children(process.pid) for entry in environment_of(pid)]
        process.communicate("go\n")
    assert f"GOOGLE_APPLICATION_CREDENTIALS={Path.cwd() / 'google.json'}" in held


def test_no_key_is_in_the_environment_of_a_worker_that_is_sent_it() -> None:
    key = "own-key-of-the-provider-0123456789"
    with python(ASKING, "groq/m", NOWHERE, GROQ_API_KEY=key) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        (worker,) = children(process.pid)
        assert key not in "".join(environment_of(worker))
        assert key not in Path(f"/proc/{worker}/cmdline").read_text()
        process.communicate("go\n")
