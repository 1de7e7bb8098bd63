from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from codex_program import Program, write_program

from openrange import CodexBackend, LLMBackendError, LLMRequest, LLMResult
from openrange.llm.workspace import complete_with_pack_dir

MakeProgram = Callable[[str], Program]


@pytest.fixture
def program(tmp_path: Path) -> MakeProgram:
    return lambda body: write_program(tmp_path / "bin" / "codex", body)


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
