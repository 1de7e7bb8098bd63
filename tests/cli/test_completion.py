from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import PROGRAM, Ended, environment, openrange
from fake_plugins import FakePlugins
from fake_plugins import fake_plugins as fake_plugins

RAISES = "raise RuntimeError('this module must not be imported')\n"
CORE = {"claude", "codex", "offline", "openai-compatible"}


def completion(line: str, **variables: str) -> Ended:
    """What bash is told to offer for the last word of a line."""
    words = shlex.split(line)
    if line.endswith(" "):
        words.append("")
    return openrange(
        _OPENRANGE_COMPLETE="bash_complete",
        COMP_WORDS=line,
        COMP_CWORD=str(len(words) - 1),
        PYTHONPATH=os.pathsep.join(filter(None, sys.path)),
        **variables,
    )


def offered(line: str, **variables: str) -> set[str]:
    done = completion(line, **variables)
    assert (done.status, done.err) == (0, "")
    return {word.partition(",")[2] for word in done.out.splitlines() if word}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script(shell: str) -> None:
    done = openrange(_OPENRANGE_COMPLETE=f"{shell}_source")

    assert (done.status, done.err) == (0, "")
    assert f"_OPENRANGE_COMPLETE={shell}_complete" in done.out


@pytest.mark.parametrize(
    ("shell", "variables"),
    [
        ("bash", {"COMP_WORDS": "openrange build --backend of", "COMP_CWORD": "3"}),
        ("zsh", {"COMP_WORDS": "openrange build --backend of", "COMP_CWORD": "3"}),
        ("fish", {"COMP_WORDS": "openrange build --backend of", "COMP_CWORD": "of"}),
    ],
)
def test_each_shell_is_told_what_to_offer(shell: str, variables: dict[str, str]) -> None:
    done = openrange(_OPENRANGE_COMPLETE=f"{shell}_complete", **variables)

    assert (done.status, done.err) == (0, "")
    assert "plain" in done.out
    assert "offline" in done.out
    assert "codex" not in done.out


def test_bash_completes_by_the_script(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=RAISES)
    script = f"""
        openrange() {{ {shlex.join(PROGRAM)} "$@"; }}
        eval "$(_OPENRANGE_COMPLETE=bash_source openrange)"
        mkdir bin
        printf '#!/bin/sh\\nexec {shlex.join(PROGRAM)} "$@"\\n' > bin/openrange
        chmod +x bin/openrange
        PATH="$PWD/bin:$PATH"
        complete -p openrange
        COMP_WORDS=(openrange backends check ac) COMP_CWORD=3
        _openrange_completion openrange
        printf 'offered: %s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=environment(PYTHONPATH=os.pathsep.join(filter(None, sys.path))),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "-F _openrange_completion openrange" in done.stdout
    assert done.stdout.splitlines()[-1] == "offered: acme"


@pytest.mark.parametrize("line", ["openrange build --backend ", "openrange backends check "])
def test_the_names_of_backends_are_offered_and_none_is_imported(
    fake_plugins: FakePlugins, line: str
) -> None:
    fake_plugins.install_acme(source="open('imported', 'w').close()\n")
    fake_plugins.install("acme-odd", backends={"$(rm -r x)": "a:B", "two words": "a:B"})

    names = offered(line)

    assert names - {"litellm"} == {"acme", *CORE}
    assert offered(f"{line}co") == {"codex"}
    assert not Path("imported").exists()


def test_a_blocked_backend_is_not_offered() -> None:
    Path("openrange.toml").write_text('[plugins]\nblock = ["codex"]\n', "utf-8")
    Path("mine.toml").write_text('[plugins]\nblock = ["offline"]\n', "utf-8")

    assert "codex" not in offered("openrange build --backend ")
    assert "offline" in offered("openrange build --backend ")
    assert "codex" not in offered("openrange build --backend ", OPENRANGE_BLOCK="openrange")
    assert "codex" in offered("openrange build --config mine.toml --backend ")
    assert "offline" not in offered("openrange build --config mine.toml --backend ")


def test_a_name_that_was_given_is_not_offered_again() -> None:
    assert offered("openrange backends check offline o") == {"openai-compatible"}


def test_commands_and_options_are_offered() -> None:
    assert offered("openrange ba") == {"backends"}
    assert "check" in offered("openrange backends ")
    assert "--live" in offered("openrange backends check --")


def test_the_ids_of_snapshots_are_offered_in_short_where_that_is_enough() -> None:
    store = Path("snapshots")
    store.mkdir()
    for name in ("ab" * 32, "cd" * 32, "ce" * 6 + "0" * 52, "ce" * 6 + "1" * 52):
        (store / f"{name}.json").write_text("{}", "utf-8")
    (store / "notes.json").write_text("{}", "utf-8")

    assert offered("openrange inspect ") == {
        "ab" * 6,
        "cd" * 6,
        "ce" * 6 + "0" * 52,
        "ce" * 6 + "1" * 52,
    }
    assert offered("openrange inspect a") == {"ab" * 6}
    assert offered(f"openrange inspect {'ab' * 7}") == {"ab" * 32}
    store.rename("elsewhere")
    assert offered("openrange inspect --store elsewhere a") == {"ab" * 6}


@pytest.mark.parametrize("word", ["no/such", "*", "zz", "../snap"])
def test_a_snapshot_that_is_no_id_is_completed_as_a_file(word: str) -> None:
    done = completion(f"openrange inspect '{word}'")

    assert (done.status, done.out) == (0, f"file,{word}\n")


@pytest.mark.parametrize(
    "text", ["nonsense", "[llm]\nbackend = 3\n", "[plugins]\nblock = 3\n", "\x00"]
)
def test_a_bad_configuration_offers_nothing_and_says_nothing(text: str) -> None:
    Path("openrange.toml").write_text(text, "utf-8")

    assert offered("openrange build --backend ") == set()
    assert offered("openrange backends check ") == set()
    assert offered("openrange ba") == {"backends"}


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"COMP_WORDS": "openrange build"},
        {"COMP_WORDS": "openrange build", "COMP_CWORD": "x"},
        {"COMP_WORDS": "openrange build --seed x ", "COMP_CWORD": "4"},
        {"COMP_WORDS": "openrange build 'unclosed", "COMP_CWORD": "2"},
        {"COMP_WORDS": "openrange no-such-command --x", "COMP_CWORD": "2"},
    ],
)
def test_a_line_that_makes_no_sense_is_no_complaint(variables: dict[str, str]) -> None:
    done = openrange(_OPENRANGE_COMPLETE="bash_complete", **variables)

    assert done.err == ""


@pytest.mark.parametrize("instruction", ["tcsh_source", "bash_nonsense", "x"])
def test_an_unknown_shell_is_no_complaint(instruction: str) -> None:
    done = openrange("backends", _OPENRANGE_COMPLETE=instruction)

    assert (done.status, done.out, done.err) == (1, "", "")


def test_a_blank_variable_completes_nothing_and_hides_no_error() -> None:
    done = openrange("build", "--backend", "nobody", _OPENRANGE_COMPLETE="")

    assert done.status == 2
    assert "there is no backend 'nobody'" in done.complaint
