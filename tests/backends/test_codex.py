from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from codex_program import Program, write_program

from openrange import CodexBackend, LLMBackendError, LLMRequest
from openrange.llm.recording import recording

MakeProgram = Callable[[str], Program]

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "doors": {"type": "integer", "minimum": 1}},
    "required": ["name", "doors"],
    "additionalProperties": False,
}
OBJECT = '{"name": "Müller & Söhne", "doors": 3}'
PARSED = {"name": "Müller & Söhne", "doors": 3}
FIXED = ["exec", "--color", "never", "--ephemeral"]


@pytest.fixture
def program(tmp_path: Path) -> MakeProgram:
    return lambda body: write_program(tmp_path / "bin" / "codex", body)


def failure(backend: CodexBackend, schema: Mapping[str, object] | None = None) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        backend.complete(LLMRequest("Design a portal.", json_schema=schema))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


class TestAskingAndReading:
    def test_a_plain_request_runs_exec_with_the_prompt_on_standard_input(
        self, program: MakeProgram
    ) -> None:
        codex = program("answer('a bakery')")
        result = CodexBackend(codex.command).complete(LLMRequest("What kind of company?"))
        assert result.text == "a bakery"
        assert result.parsed_json is None
        sandbox = ["--sandbox", "read-only", "--skip-git-repo-check"]
        assert codex.call.arguments == [*FIXED, *sandbox, "-"]
        assert codex.call.prompt == "What kind of company?"

    def test_model_sandbox_and_overrides_become_arguments_in_order(
        self, program: MakeProgram
    ) -> None:
        codex = program("answer('ok')")
        overrides = ('model_provider="local"', 'model_providers.local={name="local"}')
        backend = CodexBackend(
            codex.command,
            model="gpt-5-codex",
            sandbox="workspace-write",
            config_overrides=overrides,
        )
        backend.complete(LLMRequest("Hello"))
        assert codex.call.arguments == [
            *FIXED,
            *("--sandbox", "workspace-write", "--skip-git-repo-check"),
            *("--model", "gpt-5-codex"),
            *("-c", overrides[0], "-c", overrides[1]),
            "-",
        ]

    def test_a_prompt_with_half_a_surrogate_pair_is_still_sent(self, program: MakeProgram) -> None:
        codex = program("answer('ok')")
        CodexBackend(codex.command).complete(LLMRequest("broken \ud83d here"))
        assert codex.call.prompt == "broken ? here"

    def test_a_structured_request_passes_the_schema_and_reads_the_last_message(
        self, program: MakeProgram
    ) -> None:
        codex = program(f"print('what the program prints is not read')\nanswer({OBJECT!r})")
        backend = CodexBackend(codex.command, model="gpt-5", config_overrides=("a=1",))
        result = backend.complete(LLMRequest("Design a portal.", "You design.", SCHEMA))
        assert result.text == OBJECT
        assert result.parsed_json == PARSED
        call = codex.call
        assert call.arguments == [
            *FIXED,
            *("--sandbox", "read-only", "--skip-git-repo-check"),
            *("--model", "gpt-5", "-c", "a=1"),
            *("--output-schema", call.option("--output-schema")),
            *("--output-last-message", call.option("--output-last-message")),
            "-",
        ]
        assert call.schema == SCHEMA
        assert call.prompt == "You design.\n\nDesign a portal."

    def test_schema_and_last_message_are_gone_after_the_call(self, program: MakeProgram) -> None:
        codex = program(f"answer({OBJECT!r})")
        CodexBackend(codex.command).complete(LLMRequest("Design.", json_schema=SCHEMA))
        for option in ("--output-schema", "--output-last-message"):
            assert not Path(codex.call.option(option)).parent.exists()

    def test_bytes_that_are_not_utf8_are_replaced(self, program: MakeProgram) -> None:
        codex = program("sys.stdout.buffer.write(b'caf\\xe9 and more')")
        result = CodexBackend(codex.command).complete(LLMRequest("Hello"))
        assert result.text == "caf\ufffd and more"


REFUSED = """
if schema is None or {also}:
    answer({reply!r})
else:
    fail(1, 'ERROR: {{"error": {{"code": "invalid_json_schema", "message": "Invalid schema"}}}}')
"""


class TestASchemaThatTheProviderRefuses:
    def test_is_put_into_the_prompt_instead(self, program: MakeProgram) -> None:
        codex = program(REFUSED.format(reply=f"```json\n{OBJECT}\n```", also=False))
        steps: list[tuple[str, Mapping[str, object]]] = []
        with recording(lambda step, data: steps.append((step, data))):
            backend = CodexBackend(codex.command, model="gpt-5")
            result = backend.complete(LLMRequest("Design.", json_schema=SCHEMA))
        assert result.text == OBJECT
        assert result.parsed_json == PARSED
        refused, second = codex.calls
        assert refused.schema == SCHEMA
        assert second.schema is None
        assert "--output-last-message" not in second.arguments
        assert '"additionalProperties":false' in second.prompt
        (fallback,) = [data for step, data in steps if step == "llm_fallback"]
        assert fallback == {"backend": "codex (gpt-5)", "from": "native", "to": "prompt"}

    def test_is_not_tried_again_while_another_schema_is(self, program: MakeProgram) -> None:
        codex = program(REFUSED.format(reply=OBJECT, also="schema.get('title')"))
        backend = CodexBackend(codex.command)
        for _ in range(2):
            backend.complete(LLMRequest("Design.", json_schema=SCHEMA))
        other = {**SCHEMA, "title": "Portal"}
        backend.complete(LLMRequest("Design.", json_schema=other))
        assert [call.schema for call in codex.calls] == [SCHEMA, None, None, other]

    def test_is_not_seen_in_a_log_that_merely_repeats_the_prompt(
        self, program: MakeProgram
    ) -> None:
        codex = program("fail(1, f'user\\n{prompt}\\nstream disconnected')")
        request = LLMRequest("Write a JSON schema for a response_format.", json_schema=SCHEMA)
        with pytest.raises(LLMBackendError, match="stream disconnected") as caught:
            CodexBackend(codex.command).complete(request)
        assert caught.value.kind == "process"
        assert len(codex.calls) == 1


class TestFailures:
    def test_the_error_holds_status_and_standard_error(self, program: MakeProgram) -> None:
        codex = program("print('half an answer')\nfail(7, 'the account is\\nsuspended')")
        error = failure(CodexBackend(codex.command, model="gpt-5"))
        assert str(error) == "codex (gpt-5): exited with status 7: the account is suspended"
        assert (error.kind, error.returncode, error.status) == ("process", 7, None)
        assert not error.retryable

    def test_without_standard_error_it_holds_standard_output(self, program: MakeProgram) -> None:
        error = failure(CodexBackend(program("print('quota used up'); sys.exit(3)").command))
        assert str(error) == "codex: exited with status 3: quota used up"
        assert error.returncode == 3

    def test_without_either_it_says_no_output(self, program: MakeProgram) -> None:
        error = failure(CodexBackend(program("sys.exit(1)").command), SCHEMA)
        assert str(error) == "codex: exited with status 1: no output"

    def test_of_a_long_log_it_holds_the_end(self, program: MakeProgram) -> None:
        codex = program("fail(1, 'banner\\n' * 5000 + 'the cause')")
        message = str(failure(CodexBackend(codex.command)))
        assert message.endswith("the cause")
        assert len(message) < 600

    def test_of_a_log_with_error_lines_it_holds_the_last_one_from_its_beginning(
        self, program: MakeProgram
    ) -> None:
        body = "status 502 Bad Gateway: <html>' + 'x' * 900"
        codex = program(f"fail(1, 'banner\\nERROR: Reconnecting... 1/5\\nERROR: {body})")
        message = str(failure(CodexBackend(codex.command)))
        start = "codex: exited with status 1: status 502 Bad Gateway: <html>xxx"
        assert message.startswith(start)

    def test_a_short_prompt_is_not_taken_out_of_the_words_of_an_error(
        self, program: MakeProgram
    ) -> None:
        codex = program("fail(1, f'user\\n{prompt}\\nERROR: the account is suspended')")
        with pytest.raises(LLMBackendError, match="exited with status 1: the account is suspended"):
            CodexBackend(codex.command).complete(LLMRequest("a"))

    def test_a_sign_in_that_is_not_accepted_says_what_to_do(self, program: MakeProgram) -> None:
        codex = program("fail(1, 'ERROR: unexpected status 401 Unauthorized: no token')")
        assert "sign in with `codex login`" in str(failure(CodexBackend(codex.command)))

    def test_a_death_by_signal_shows_in_the_return_code(self, program: MakeProgram) -> None:
        error = failure(CodexBackend(program("os.kill(os.getpid(), 9)").command))
        assert (error.kind, error.returncode) == ("process", -9)

    def test_a_missing_output_file_is_an_error(self, program: MakeProgram) -> None:
        codex = program("print('done')")
        error = failure(CodexBackend(codex.command), SCHEMA)
        assert "ended without writing its last message" in str(error)
        assert (error.kind, error.returncode) == ("process", 0)
        assert len(codex.calls) == 1

    def test_a_missing_program_is_named_with_the_next_step(self) -> None:
        error = failure(CodexBackend("no-such-codex"))
        assert str(error) == (
            "codex: 'no-such-codex' was not found; install it, or set command to its path"
        )
        assert (error.kind, error.returncode) == ("not-configured", 127)

    def test_a_program_that_cannot_be_started_is_an_error(self, tmp_path: Path) -> None:
        broken = tmp_path / "codex"
        broken.write_text("#!/no/such/interpreter\n")
        broken.chmod(0o755)
        error = failure(CodexBackend(str(broken)))
        assert "cannot be started" in str(error)
        assert (error.kind, error.returncode) == ("process", 126)


class TestTheBackendAsAValue:
    def test_other_overrides_make_it_another_one(self) -> None:
        one, other = (CodexBackend(config_overrides=(text,)) for text in ("a=1", "a=2"))
        assert one != other

    def test_a_list_of_overrides_becomes_a_tuple(self) -> None:
        overrides = ["a=1", "b=2"]
        backend = CodexBackend(config_overrides=overrides)  # type: ignore[arg-type]
        overrides.append("c=3")
        assert backend.config_overrides == ("a=1", "b=2")

    def test_a_single_override_may_stand_without_a_list(self) -> None:
        backend = CodexBackend(config_overrides="a=1")  # type: ignore[arg-type]
        assert backend.config_overrides == ("a=1",)

    def test_only_the_fields_of_the_contract_are_positional(self) -> None:
        with pytest.raises(TypeError):
            CodexBackend("c", None, None, 1.0, "read-only", (), 2)  # type: ignore[call-arg]


class TestPreflight:
    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"command": "no-such-codex"}, "'no-such-codex' was not found; install it"),
            ({"command": ""}, "'' was not found"),
            ({"cwd": "no/such/folder"}, "the directory 'no/such/folder' does not exist"),
            ({"timeout": 0}, "timeout must be a positive number of seconds, not 0"),
            ({"timeout": float("nan")}, "timeout must be a positive number of seconds, not nan"),
        ],
    )
    def test_says_what_is_missing(
        self, program: MakeProgram, changes: dict[str, Any], problem: str
    ) -> None:
        backend = replace(CodexBackend(program("answer('ok')").command), **changes)
        with pytest.raises(LLMBackendError, match=re.escape(problem)) as caught:
            backend.preflight()
        assert str(caught.value).startswith("codex: ")
        assert caught.value.kind == "not-configured"
        assert problem in str(failure(backend))

    def test_finds_the_program_on_the_path(
        self, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        codex = program("answer('found')")
        monkeypatch.setenv("PATH", f"{codex.path.parent}{os.pathsep}{os.environ['PATH']}")
        CodexBackend().preflight()
        assert CodexBackend().complete(LLMRequest("Hello")).text == "found"
