from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from codex_program import Program, write_program

from openrange import CodexBackend, LLMBackendError, LLMRequest, LLMResult
from openrange.backends import codex as codex_module
from openrange.llm.environment import own_keys, without_foreign_keys
from openrange.llm.workspace import complete_with_pack_dir

MakeProgram = Callable[[str], Program]

# The program and a child of it, both deaf to SIGTERM, write into a pipe for as long as they live.
STUBBORN = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = os.fork() == 0
pipe = os.open({pipe!r}, os.O_WRONLY)
{then}
for _ in range(2000):
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
        readable, _, _ = select.select([self.descriptor], [], [], 10)
        assert readable, "no heartbeat arrived, and its writers live on"
        return os.read(self.descriptor, 65536)

    def read_until_both_beat(self) -> None:
        seen = b""
        until = time.monotonic() + 10
        while not (b"program" in seen and b"grandchild" in seen):
            assert time.monotonic() < until, f"only {set(seen.split())} beat"
            if not (seen := seen + self.read()):
                time.sleep(0.01)

    def read_to_the_end(self) -> bytes:
        seen = b""
        until = time.monotonic() + 5
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
        assert time.monotonic() - started < 5
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
            "time.sleep(20)"
        )
        with pytest.raises(LLMBackendError, match="timed out after 1 seconds") as caught:
            CodexBackend(codex.command, timeout=1).complete(LLMRequest("Hello"))
        assert caught.value.returncode == 9
        assert marker.exists()

    def test_a_slow_drip_does_not_extend_the_deadline(self, program: MakeProgram) -> None:
        codex = program("while True:\n    print('.', flush=True)\n    time.sleep(0.05)")
        with pytest.raises(LLMBackendError, match=r"timed out after 0\.5 seconds"):
            CodexBackend(codex.command, timeout=0.5).complete(LLMRequest("Hello"))

    def test_a_timeout_is_not_tried_again(self, program: MakeProgram) -> None:
        codex = program("time.sleep(20)")
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
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
            heartbeat.read_until_both_beat()
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=20)
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
            "time.sleep(20)"
        )
        with pytest.raises(LLMBackendError, match="wrote more than 16,000,000 bytes") as caught:
            CodexBackend(codex.command, timeout=60).complete(LLMRequest("Hello"))
        assert caught.value.kind == "process"
        assert heartbeat.read_to_the_end() == b"program"

    @pytest.mark.parametrize("schema", [None, {"type": "object"}])
    def test_is_never_cut_silently(
        self, program: MakeProgram, schema: dict[str, object] | None
    ) -> None:
        codex = program(f"answer('y' * {codex_module.MAX_OUTPUT_BYTES + 1})")
        with pytest.raises(LLMBackendError, match="wrote more than 16,000,000 bytes"):
            CodexBackend(codex.command).complete(LLMRequest("Hello", json_schema=schema))


class TestTheWorkingDirectory:
    def test_is_an_empty_temporary_one_that_is_gone_after_the_call(
        self, program: MakeProgram
    ) -> None:
        codex = program("open('left-behind', 'w').close()\nanswer('ok')")
        CodexBackend(codex.command).complete(LLMRequest("Hello"))
        assert codex.call.files == []
        assert codex.call.cwd != str(Path.cwd())
        assert not Path(codex.call.cwd).exists()

    def test_is_gone_even_when_read_only_folders_were_left_in_it(
        self, program: MakeProgram
    ) -> None:
        codex = program("os.mkdir('locked'); os.chmod('locked', 0o500)\nanswer('ok')")
        CodexBackend(codex.command).complete(LLMRequest("Hello"))
        assert not Path(codex.call.cwd).exists()

    def test_is_the_given_one(self, program: MakeProgram, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "notes.txt").touch()
        codex = program("answer('ok')")
        CodexBackend(codex.command, cwd=tmp_path / "mine").complete(LLMRequest("Hello"))
        assert codex.call.cwd == str(tmp_path / "mine")
        assert codex.call.files == ["notes.txt"]

    def test_in_workspace_changes_a_copy_alone(self, program: MakeProgram, tmp_path: Path) -> None:
        codex = program("answer('ok')")
        backend = CodexBackend(codex.command, model="m", max_reasks=0)
        elsewhere = backend.in_workspace(tmp_path)
        assert backend.cwd is None
        assert elsewhere == CodexBackend(codex.command, "m", tmp_path, max_reasks=0)
        elsewhere.complete(LLMRequest("Hello"))
        assert codex.call.cwd == str(tmp_path)

    def test_does_not_decide_where_a_relative_command_is_looked_up(
        self, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        codex = program("answer('ok')")
        monkeypatch.chdir(codex.path.parent)
        assert CodexBackend("./codex").complete(LLMRequest("Hello")).text == "ok"


@dataclass(frozen=True)
class PackFiles:
    directory: Path


@pytest.fixture
def pack(tmp_path: Path) -> PackFiles:
    directory = tmp_path / "installed"
    (directory / "pages" / "__pycache__").mkdir(parents=True)
    (directory / "pages" / "__pycache__" / "stale.pyc").touch()
    for name in ("README.md", "pages/index.html"):
        (directory / name).write_text(f"the pack's {name}")
        (directory / name).chmod(0o444)
    for folder in (directory / "pages", directory):
        folder.chmod(0o555)
    return PackFiles(directory)


@contextmanager
def unchanged(pack: PackFiles) -> Iterator[None]:
    def state() -> dict[str, tuple[int, str]]:
        files = sorted(pack.directory.rglob("*"))
        return {
            str(file): (file.stat().st_mode, file.read_text() if file.is_file() else "")
            for file in files
        }

    before = state()
    yield
    assert state() == before


class TestThePacksFiles:
    def test_are_offered_as_a_private_writable_copy(
        self, program: MakeProgram, pack: PackFiles
    ) -> None:
        codex = program(
            "assert not os.path.exists('pages/__pycache__')\n"
            "for name in ('README.md', 'pages/index.html'):\n"
            "    assert os.stat(name).st_mode & 0o200\n"
            "    open(name, 'a').write(' and more')\n"
            "open('pages/new.html', 'w').close()\n"
            "assert os.stat('.').st_mode & 0o777 == os.stat('pages').st_mode & 0o777 == 0o700\n"
            "answer(open('pages/index.html').read())"
        )
        with unchanged(pack):
            result = complete_with_pack_dir(
                CodexBackend(codex.command), pack, LLMRequest("Design.")
            )
        assert result.text == "the pack's pages/index.html and more"
        assert codex.call.files == ["README.md", "pages"]
        assert not Path(codex.call.cwd).exists()

    def test_are_gone_after_a_failure_too(self, program: MakeProgram, pack: PackFiles) -> None:
        codex = program("sys.exit(1)")
        with pytest.raises(LLMBackendError), unchanged(pack):
            complete_with_pack_dir(CodexBackend(codex.command), pack, LLMRequest("Design."))
        assert not Path(codex.call.cwd).exists()

    def test_are_not_copied_for_a_backend_with_a_directory_of_its_own(
        self, program: MakeProgram, pack: PackFiles, tmp_path: Path
    ) -> None:
        codex = program("answer('ok')")
        mine = tmp_path / "mine"
        mine.mkdir()
        backend = CodexBackend(codex.command, cwd=mine)
        complete_with_pack_dir(backend, pack, LLMRequest("Design."))
        assert (codex.call.cwd, codex.call.files) == (str(mine), [])

    def test_are_not_touched_for_a_backend_that_cannot_use_them(self, tmp_path: Path) -> None:
        @dataclass
        class Plain:
            seen: list[LLMRequest] = field(default_factory=list)

            def complete(self, request: LLMRequest) -> LLMResult:
                self.seen.append(request)
                return LLMResult("ok")

        backend = Plain()
        nowhere = PackFiles(tmp_path / "does-not-exist")
        assert complete_with_pack_dir(backend, nowhere, LLMRequest("Design.")).text == "ok"
        assert backend.seen == [LLMRequest("Design.")]


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
        passed_on = without_foreign_keys(environment)
        assert passed_on == {"OPENAI_API_KEY": " two ", "HOME": "/root"}
        assert [key.value for key in own_keys(environment)] == ["two"]
