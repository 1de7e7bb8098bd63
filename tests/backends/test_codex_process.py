from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from codex_program import Program, write_program

import openrange
from openrange import CodexBackend, LLMBackendError, LLMRequest
from openrange.llm.environment import own_keys, without_foreign_keys
from openrange.llm.program import MAX_OUTPUT_BYTES

MakeProgram = Callable[[str], Program]

# The program and a child of it, both deaf to SIGTERM, write into a pipe for as long as they live.
STUBBORN = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = os.fork() == 0
pipe = os.open({pipe!r}, os.O_WRONLY)
{then}
for _ in range(12_000):
    os.write(pipe, b"grandchild\\n" if grandchild else b"program\\n")
    time.sleep(0.01)
"""


@pytest.fixture
def program(tmp_path: Path) -> MakeProgram:
    return lambda body: write_program(tmp_path / "bin" / "codex", body)


@dataclass
class Heartbeat:
    """The reading end of a pipe, which ends when the last process that writes into it does."""

    path: str
    descriptor: int

    def read(self) -> bytes:
        """What arrived next, or nothing once every writer is gone."""
        readable, _, _ = select.select([self.descriptor], [], [], 60)
        assert readable, "no heartbeat arrived, and its writers live on"
        return os.read(self.descriptor, 65536)

    def read_until_both_beat(self) -> None:
        seen = b""
        until = time.monotonic() + 60
        while not (b"program" in seen and b"grandchild" in seen):
            assert time.monotonic() < until, f"only {set(seen.split())} beat"
            if not (seen := seen + self.read()):
                time.sleep(0.01)

    def read_to_the_end(self) -> bytes:
        seen = b""
        until = time.monotonic() + 30
        while piece := self.read():
            seen += piece
            assert time.monotonic() < until, "the heartbeat goes on"
        return seen


@pytest.fixture
def heartbeat(tmp_path: Path) -> Iterator[Heartbeat]:
    path = str(tmp_path / "heartbeat")
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    yield Heartbeat(path, descriptor)
    os.close(descriptor)


class TestTheEndOfTheProgram:
    def test_a_timeout_ends_the_whole_process_group(
        self, program: MakeProgram, heartbeat: Heartbeat
    ) -> None:
        codex = program(STUBBORN.format(pipe=heartbeat.path, then=""))
        started = time.monotonic()
        with pytest.raises(LLMBackendError) as caught:
            CodexBackend(codex.command, timeout=1).complete(LLMRequest("Hello"))
        assert time.monotonic() - started < 30
        assert str(caught.value) == "codex: timed out after 1 seconds"
        assert caught.value.kind == "timeout"
        assert caught.value.retryable
        assert caught.value.returncode == -signal.SIGKILL
        assert set(heartbeat.read_to_the_end().split()) == {b"program", b"grandchild"}

    def test_a_program_that_heeds_sigterm_may_clean_up(
        self, program: MakeProgram, tmp_path: Path
    ) -> None:
        marker = tmp_path / "cleaned-up"
        codex = program(
            "def end(*args):\n"
            f"    open({str(marker)!r}, 'w').close()\n"
            "    sys.exit(9)\n"
            "signal.signal(signal.SIGTERM, end)\n"
            "time.sleep(120)"
        )
        with pytest.raises(LLMBackendError, match="timed out after 1 seconds") as caught:
            CodexBackend(codex.command, timeout=1).complete(LLMRequest("Hello"))
        assert caught.value.returncode == 9
        assert marker.exists()

    def test_a_timeout_tells_the_last_error_that_the_program_showed(
        self, program: MakeProgram
    ) -> None:
        codex = program(
            "print(f'user\\n{prompt}', file=sys.stderr)\n"
            "for words in ('1/5', 'waiting for network'):\n"
            "    print(f'ERROR: Reconnecting... {words}', file=sys.stderr, flush=True)\n"
            "time.sleep(120)"
        )
        with pytest.raises(LLMBackendError) as caught:
            CodexBackend(codex.command, timeout=1).complete(LLMRequest("Hello\nERROR: no"))
        assert str(caught.value) == (
            "codex: timed out after 1 seconds; its last error: Reconnecting... waiting for network"
        )

    def test_a_timeout_is_not_tried_again(self, program: MakeProgram) -> None:
        codex = program("time.sleep(120)")
        with pytest.raises(LLMBackendError):
            CodexBackend(codex.command, timeout=0.5).complete(
                LLMRequest("Hello", json_schema={"type": "object"})
            )
        assert len(codex.calls) == 1

    def test_what_an_answer_leaves_running_is_ended(
        self, program: MakeProgram, heartbeat: Heartbeat
    ) -> None:
        then = "if not grandchild:\n    answer('done')\n    sys.exit()"
        codex = program(STUBBORN.format(pipe=heartbeat.path, then=then))
        assert CodexBackend(codex.command).complete(LLMRequest("Hello")).text == "done"
        assert b"program" not in heartbeat.read_to_the_end()

    def test_an_interrupt_ends_the_whole_process_group(
        self, program: MakeProgram, heartbeat: Heartbeat
    ) -> None:
        codex = program(STUBBORN.format(pipe=heartbeat.path, then=""))
        code = (
            "import signal\n"
            "from openrange import CodexBackend, LLMRequest\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "try:\n"
            f"    CodexBackend({codex.command!r}).complete(LLMRequest('Hello'))\n"
            "except KeyboardInterrupt:\n"
            "    print('interrupted')\n"
        )
        arguments = [sys.executable, "-c", code]
        environment = {**os.environ, "PYTHONPATH": str(Path(openrange.__file__).parents[1])}
        with subprocess.Popen(
            arguments, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            heartbeat.read_until_both_beat()
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=60)
        assert (process.returncode, output) == (0, "interrupted\n")
        heartbeat.read_to_the_end()


class TestOutputWithoutEnd:
    def test_is_bounded_while_the_program_runs(
        self, program: MakeProgram, heartbeat: Heartbeat
    ) -> None:
        codex = program(
            f"pipe = os.open({heartbeat.path!r}, os.O_WRONLY)\n"
            "os.write(pipe, b'program')\n"
            "piece = b'x' * 1_000_000\n"
            "for _ in range(40):\n"
            "    sys.stdout.buffer.write(piece)\n"
            "sys.stdout.flush()\n"
            "time.sleep(120)"
        )
        with pytest.raises(LLMBackendError, match="wrote more than 16,000,000 bytes") as caught:
            CodexBackend(codex.command, timeout=60).complete(LLMRequest("Hello"))
        assert caught.value.kind == "process"
        assert heartbeat.read_to_the_end() == b"program"

    @pytest.mark.parametrize("schema", [None, {"type": "object"}])
    def test_is_never_cut_silently(
        self, program: MakeProgram, schema: dict[str, object] | None
    ) -> None:
        codex = program(f"answer('y' * {MAX_OUTPUT_BYTES + 1})")
        with pytest.raises(LLMBackendError, match="wrote more than 16,000,000 bytes"):
            CodexBackend(codex.command).complete(LLMRequest("Hello", json_schema=schema))


FOREIGN = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_AD_TOKEN",
    "AZURE_CLIENT_SECRET",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "DATABRICKS_TOKEN",
    "GEMINI_API_KEY",
    "GITHUB_TOKEN",
    "GITLAB_PAT",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "HUGGING_FACE_HUB_TOKEN",
    "MISTRAL_API_KEY_2",
    "PGPASSWORD",
    "SNOWFLAKE_JWT",
    "WATSONX_APIKEY",
    "some_api_key",
]


class TestTheEnvironment:
    def test_holds_no_foreign_keys(
        self, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = {
            "OPENAI_API_KEY": "sk-own-key-of-the-program",
            "CODEX_API_KEY": "sk-another-own-key",
            "CODEX_HOME": "/somewhere",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "KEYBOARD": "us",
            "TOKENIZERS_PARALLELISM": "false",
            "LANG": "C.UTF-8",
        }
        for name in FOREIGN:
            monkeypatch.setenv(name, "a-foreign-secret")
        for name, value in kept.items():
            monkeypatch.setenv(name, value)
        codex = program("answer('ok')")
        CodexBackend(codex.command).complete(LLMRequest("Hello"))
        seen = codex.call.environment
        assert "a-foreign-secret" not in seen.values()
        assert {name: seen.get(name) for name in kept} == kept
        assert seen["PATH"] == os.environ["PATH"]

    def test_holds_a_key_that_a_setting_names(
        self, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", "the-key-for-azure")
        monkeypatch.setenv("OPENAI_API", "x")
        monkeypatch.setenv("AZURE_OPENAI_API_KEY_2", "the-other-key")
        codex = program("answer('ok')")
        override = 'model_providers.azure.env_key="AZURE_OPENAI_API_KEY"'
        CodexBackend(codex.command, config_overrides=(override,)).complete(LLMRequest("Hello"))
        assert codex.call.environment["AZURE_OPENAI_API_KEY"] == "the-key-for-azure"
        assert "AZURE_OPENAI_API_KEY_2" not in codex.call.environment

    def test_explains_itself_when_a_withheld_key_is_missed(
        self, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", "the-key-for-azure")
        codex = program("fail(1, 'ERROR: Missing environment variable: `AZURE_OPENAI_API_KEY`.')")
        with pytest.raises(LLMBackendError) as caught:
            CodexBackend(codex.command).complete(LLMRequest("Hello"))
        assert "AZURE_OPENAI_API_KEY was kept from it: name it in config_overrides" in str(
            caught.value
        )

    def test_gives_no_key_away_in_an_error_or_a_reply(
        self, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-own-key-of-the-program")
        monkeypatch.setenv("LOCAL_KEY", "named-in-a-setting")
        says = "os.environ['OPENAI_API_KEY'] + os.environ['LOCAL_KEY']"
        settings = ('model_providers.local.env_key="LOCAL_KEY"',)
        failing = program(f"fail(1, 'ERROR: wrong key ' + {says})")
        with pytest.raises(LLMBackendError) as caught:
            CodexBackend(failing.command, config_overrides=settings).complete(LLMRequest("Hello"))
        assert "wrong key [redacted][redacted]" in str(caught.value)
        telling = program(f"answer({says})")
        result = CodexBackend(telling.command, config_overrides=settings).complete(
            LLMRequest("Hello")
        )
        assert result.text == "[redacted][redacted]"

    def test_of_this_process_is_left_as_it_is(
        self, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "a-foreign-secret")
        before = dict(os.environ)
        CodexBackend(program("answer('ok')").command).complete(LLMRequest("Hello"))
        assert dict(os.environ) == before

    def test_is_judged_by_names_alone(self) -> None:
        environment = {"ANTHROPIC_API_KEY": "one", "OPENAI_API_KEY": " two ", "HOME": "/root"}
        passed_on = without_foreign_keys(environment, ("CODEX_", "OPENAI_"))
        assert passed_on == {"OPENAI_API_KEY": " two ", "HOME": "/root"}
        assert [key.value for key in own_keys(environment, ("CODEX_", "OPENAI_"))] == ["two"]
