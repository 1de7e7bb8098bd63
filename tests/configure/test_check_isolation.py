from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from broken_plugins import SOURCES, install_broken, install_torn, marks
from click.testing import CliRunner
from command_line import PROGRAM, SIGNALLED, environment
from fake_plugins import ACME, FakePlugins

from openrange import resolve_backend
from openrange.cli.main import openrange
from openrange.configure import check_runner

CORE = {"claude", "codex", "offline", "openai-compatible"}


def lines(*arguments: str) -> list[str]:
    result = CliRunner().invoke(openrange, ["backends", "check", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output.splitlines()


def row(name: str) -> Any:
    result = CliRunner().invoke(openrange, ["backends", "check", "--json", name])
    (found,) = json.loads(result.stdout)["backends"]
    return found


def test_each_broken_plugin_is_one_line_and_takes_no_other_down(fake_plugins: FakePlugins) -> None:
    install_broken(fake_plugins)
    fake_plugins.install("acme-taker", backends={"codex": "acme_taker:Acme"})
    fake_plugins.install(
        "acme-hollow", backends={"hollow": "acme_hollow:Acme"}, module="acme_nothing"
    )
    torn = install_torn(fake_plugins)

    output = lines()

    assert len(output) == len(CORE) + len(SOURCES) + 1 + 1 + len(torn) + 1
    rows, beside = output[: output.index("")], output[output.index("") + 1 :]
    by_name = {row.split()[0]: row for row in rows}
    assert set(by_name) == CORE | set(SOURCES) | {"hollow"}
    for name, broken in SOURCES.items():
        said = by_name[name].partition(f"acme-{name} 1.0")[2].strip()
        assert said.startswith(broken.verdict), by_name[name]
        assert broken.words in said
        is_to_be_mended = broken.verdict == "broken" and "upgrade" not in broken.words
        assert ("block it: [plugins] block = " in said) == is_to_be_mended, said
    assert "broken: cannot be imported (ModuleNotFoundError" in by_name["hollow"]
    assert by_name["offline"].endswith(" ready")
    assert "acme-taker 1.0: its backend 'codex' is ignored: that name is the core's own" in beside
    for folder, words in torn.items():
        (line,) = [line for line in beside if line.startswith(f"{folder}: ")]
        assert words in line
    assert not [line for line in output if str(Path.cwd().parent) in line]


def test_nothing_else_imports_a_broken_plugin(fake_plugins: FakePlugins, tmp_path: Path) -> None:
    install_broken(fake_plugins)
    torn = install_torn(fake_plugins)

    for command in (["backends"], ["packs"], ["build", "--backend", "offline"]):
        result = CliRunner().invoke(openrange, command, obj=_invocation())
        assert result.exception is None, (command, result.exception)
    assert type(resolve_backend("offline")).__name__ == "OfflineBackend"
    assert type(resolve_backend()).__name__ == "OfflineBackend"
    assert fake_plugins.imported() == set()
    assert marks(tmp_path) == []
    assert len(torn) == 5

    with pytest.raises(Exception, match="RuntimeError: oh"):
        resolve_backend("raising")
    assert [name.split(".")[0] for name in marks(tmp_path)] == ["acme_raising"]


def _invocation() -> object:
    from openrange.cli.failure import Invocation

    return Invocation()


def test_an_import_that_hangs_is_ended_with_all_that_it_started(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_runner, "IMPORT_SECONDS", 4.0)
    fake_plugins.install_acme(
        source="import pathlib, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '1000'])\n"
        "pathlib.Path('child').write_text(str(child.pid))\n"
        "time.sleep(1000)\n"
    )

    assert "its import takes longer than 4 seconds" in row("acme")["reason"]
    assert row("acme")["verdict"] == "broken"
    assert has_ended(int(Path("child").read_text()))


def test_what_holds_the_interpreter_is_ended_too(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_runner, "IMPORT_SECONDS", 4.0)
    source = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass\n"
    fake_plugins.install_acme(source=source)

    assert "its import takes longer than 4 seconds" in row("acme")["reason"]


def test_a_plugin_that_prints_without_end_is_ended(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_runner, "MAX_OUTPUT_BYTES", 100_000)
    fake_plugins.install_acme(source="while True: print('and so on' * 100)\n")

    assert "its import prints more than 100,000 bytes" in row("acme")["reason"]


def test_a_thread_that_is_left_behind_is_named(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_runner, "END_SECONDS", 2.0)
    start = (
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=[99], name='acme-{}', daemon={}).start()\n"
    )
    for name, is_daemon in {"idler": False, "server": True}.items():
        module = f"acme_{name}"
        source = start.format(name, is_daemon) + ACME
        fake_plugins.install(f"acme-{name}", backends={name: f"{module}:Acme"}, source=source)

    assert row("idler")["verdict"] == "broken"
    assert "leaves a thread behind (acme-idler)" in row("idler")["reason"]
    assert row("server")["verdict"] == "ready"


def test_a_plugin_that_crashes_at_the_end_of_the_process_is_broken(
    fake_plugins: FakePlugins,
) -> None:
    source = "import atexit, os\natexit.register(os._exit, 5)\n" + ACME
    fake_plugins.install_acme(source=source)

    assert row("acme")["verdict"] == "broken"
    assert "the end of its process fails (status 5)" in row("acme")["reason"]


def test_a_plugin_that_closes_what_is_open_is_judged_all_the_same(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme(source="import os\nos.closerange(0, 100)\n" + ACME)

    assert row("acme")["verdict"] == "ready"


def test_a_slow_import_is_a_note(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source="import time\ntime.sleep(1.2)\n" + ACME)

    (note,) = row("acme")["notes"]
    assert note.startswith("its import took ")
    assert row("acme")["seconds"] > 1


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or is a zombie that nobody waited for, before a minute is over."""
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if state.stdout.strip()[:1] in ("", "Z"):
            return True
        time.sleep(0.1)
    return False


def test_no_plugin_finds_the_report_of_another(fake_plugins: FakePlugins) -> None:
    look = "print(len(list(task.report.parent.parent.glob(task.report.parent.name + '/*'))))\n"
    find = (
        "import sys\nframe = sys._getframe()\n"
        "while 'task' not in frame.f_locals: frame = frame.f_back\n"
        "task = frame.f_locals['task']\n"
    )
    for name in ("first", "second"):
        source = f"{find}{look}import time; time.sleep(0.5)\n{look}{ACME}"
        module = f"acme_{name}"
        fake_plugins.install(f"acme-{name}", backends={name: f"{module}:Acme"}, source=source)

    for said in lines("first", "second"):
        assert "it prints while it is imported: '1 1'" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_examinations(fake_plugins: FakePlugins, number: signal.Signals) -> None:
    fake_plugins.install_acme(
        source="import os, pathlib, time\n"
        "pathlib.Path('pid.new').write_text(str(os.getpid()))\n"
        "pathlib.Path('pid.new').rename('pid')\n"
        "time.sleep(1000)\n"
    )
    process = subprocess.Popen(
        [*SIGNALLED, *PROGRAM, "backends", "check", "acme"],
        env=environment(PYTHONPATH=os.pathsep.join(filter(None, sys.path))),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not Path("pid").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (128 + number, "")
    assert err.strip() == ("openrange: error: interrupted" if number == signal.SIGINT else "")
    assert has_ended(int(Path("pid").read_text()))
