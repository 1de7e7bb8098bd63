from __future__ import annotations

import os
from pathlib import Path

import pytest
from configured import project_file, resolved, user_file

from openrange import ConfigError, OfflineBackend, resolve_backend


def complaint(config: str | Path | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        resolved(config=config)
    assert caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[lmm]\n", ["openrange.toml", "no key 'lmm'", "did you mean 'llm'?"]),
        ('backend = "offline"\n', ["no key 'backend'"]),
        ("llm = 3\n", ["[llm] must be a table"]),
        ("[[llm]]\n", ["[llm] must be a table"]),
        ("[llm]\nbackend = 3\n", ["[llm] backend must be the name of a backend"]),
        ('[llm]\nbackend = ""\n', ["[llm] backend must be the name of a backend"]),
        ("[plugins]\nblok = []\n", ["[plugins] has no key 'blok'", "'block'"]),
        ('[plugins]\nblock = "x"\n', ["[plugins] block must be a list of names"]),
        ("[plugins]\nblock = [1]\n", ["[plugins] block must be a list of names"]),
        ("[plugins]\npin = []\n", ["[plugins] pin must map names to distributions"]),
        ("[plugins]\npin = {a = 1}\n", ["[plugins] pin must map names to distributions"]),
        ("[llm\n", ["openrange.toml: not valid TOML", "line 1"]),
        ("[llm]\nx = 1\nx = 2\n", ["not valid TOML"]),
        (f"[llm]\nseed = {'1' * 5000}\n", ["openrange.toml: not valid TOML"]),
        (f"[llm]\nx = {'[' * 5000}\n", ["openrange.toml: not valid TOML"]),
        (f"[llm]\n{'.'.join('a' * 400)} = 1\n", ["openrange.toml", "nested too deeply"]),
        (f"[llm]\n{'.'.join('a' * 600)} = 1\n", ["openrange.toml", "more than 500 dots"]),
        ("#\n" * 100_001, ["openrange.toml", "larger than 200,000 bytes; pass it by --config"]),
    ],
)
def test_a_wrong_file_is_told_by_its_name_and_its_fault(text: str, words: list[str]) -> None:
    project_file(text)

    message = complaint()

    for word in words:
        assert word in message
    assert len(message) < 300


def test_a_fault_in_pyproject_toml_names_the_table() -> None:
    Path("pyproject.toml").write_text("[tool]\nopenrange = 3\n", "utf-8")
    assert "pyproject.toml: tool.openrange must be a table" in complaint()

    Path("pyproject.toml").write_text("[tool.openrange]\nmodel = 1\n", "utf-8")
    assert "pyproject.toml: tool.openrange has no key 'model'" in complaint()


def test_a_file_that_is_not_utf_8_is_an_error() -> None:
    Path("openrange.toml").write_bytes(b'[llm]\nbackend = "\xff\xfe"\n')

    assert "openrange.toml: not valid TOML" in complaint()


def test_a_byte_order_mark_does_no_harm() -> None:
    Path("openrange.toml").write_bytes(b'\xef\xbb\xbf[llm]\nbackend = "codex"\n')

    assert resolved().name == "codex"


def test_a_directory_in_place_of_the_file_is_an_error() -> None:
    Path("openrange.toml").mkdir()

    assert "openrange.toml" in complaint()


def test_a_pipe_in_the_working_directory_is_an_error_and_is_not_waited_for() -> None:
    os.mkfifo("openrange.toml")

    assert "openrange.toml: not a regular file" in complaint()


def test_a_link_to_an_endless_device_is_an_error() -> None:
    Path("openrange.toml").symlink_to("/dev/zero")

    assert "openrange.toml: not a regular file" in complaint()


def test_a_dangling_link_is_no_file() -> None:
    Path("openrange.toml").symlink_to("nowhere")

    assert resolved().name == "offline"


def test_a_link_to_another_file_is_as_untrusted_as_a_file(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text('[llm]\nbackend = "codex"\ncommand = "./evil"\n', "utf-8")
    Path("openrange.toml").symlink_to(elsewhere)

    assert "command is not allowed" in complaint()


def test_a_file_of_more_than_a_megabyte_is_an_error() -> None:
    project_file('[llm]\nbackend = "codex"\n#' + "x" * 1_000_000)
    assert "openrange.toml: larger than 1,000,000 bytes" in complaint()


def test_a_file_of_a_megabyte_is_read_where_it_is_trusted(tmp_path: Path) -> None:
    text = '[llm]\nbackend = "codex"\n'
    file = tmp_path / "large.toml"
    file.write_text((text + f"#{'x' * 998}\n" * 1000)[:1_000_000])

    assert resolved(config=file).name == "codex"


def test_a_missing_config_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    assert f"{tmp_path / 'no.toml'} does not exist" in complaint(config=tmp_path / "no.toml")


def test_a_pyproject_toml_can_be_named_too(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[project]\nname = "x"\n', "utf-8")
    assert "has no table [tool.openrange]" in complaint(config=file)

    file.write_text('[project]\nname = "x"\n[tool.openrange.llm]\nbackend = "codex"\n', "utf-8")
    assert resolved(config=file).name == "codex"


def test_a_config_file_is_judged_like_any_other(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[lmm]\n", "utf-8")
    assert f"{file}: the file has no key 'lmm'" in complaint(config=file)
    assert str(tmp_path) in complaint(config=tmp_path)


def test_a_wrong_user_s_file_is_told_by_its_path() -> None:
    file = user_file("[llm\n")

    assert f"{file}: not valid TOML" in complaint()


def test_an_empty_file_says_nothing() -> None:
    project_file("")

    assert resolved().name == "offline"


def test_a_line_that_would_take_the_parser_for_ever_is_refused() -> None:
    file = Path("long.toml")
    file.write_text("a" + ".a" * 40_000 + " = 1")
    assert "long.toml: it has a line longer than 10,500 bytes" in complaint(config=file)


def test_a_model_for_whichever_backend_is_passed_over_by_one_that_takes_none() -> None:
    Path("openrange.toml").write_text('[llm]\nmodel = "some-model"\n')
    assert resolve_backend("offline") == OfflineBackend()
    assert resolve_backend("openai-compatible").model == "some-model"  # type: ignore[attr-defined]


def test_any_other_unknown_option_stays_an_error() -> None:
    Path("openrange.toml").write_text("[llm]\ntemperature = 0.5\n")
    with pytest.raises(ConfigError, match="'offline' has no option 'temperature'"):
        resolve_backend("offline")
