from __future__ import annotations

import os
from pathlib import Path

from command_line import openrange

NAMES = ["claude", "codex", "offline", "openai-compatible"]


def installed(site: str, distribution: str, entry_points: str) -> str:
    """Install a distribution that registers entry points; returns what PYTHONPATH has to be."""
    info = Path(site, f"{distribution}-1.5.dist-info")
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.5\n"
    )
    info.joinpath("entry_points.txt").write_text(entry_points)
    found = [str(Path(site).absolute()), os.environ.get("PYTHONPATH", "")]
    return os.pathsep.join(filter(None, found))


def test_backends_says_what_is_installed_and_what_a_build_would_take() -> None:
    done = openrange("backends")
    assert (done.status, done.err) == (0, "")
    rows = done.out.split("\n\n")[0].splitlines()
    assert set(NAMES) <= {row.split()[0] for row in rows}
    assert all(row.split()[1:3] != [] for row in rows)
    assert "A build would take offline, because no key that is detected is set" in done.out


def test_backends_says_which_layer_chose_each_value() -> None:
    Path("openrange.toml").write_text(
        '[llm]\nbackend = "openai-compatible"\nmodel = "m"\ntimeout = 9\n'
    )
    done = openrange("backends", OPENAI_API_KEY="sk-secret-1", OPENRANGE_MODEL="m2")
    assert "A build would take openai-compatible (m2), because openrange.toml" in done.out
    assert '\n  model = "m2" (from the environment)\n' in done.out
    assert "\n  timeout = 9 (from openrange.toml)\n" in done.out
    assert "OPENAI_API_KEY set" in done.out
    assert "sk-secret" not in done.out


def test_backends_as_json_is_one_object() -> None:
    done = openrange("backends", "--json", OPENAI_API_KEY="sk-secret-1")
    document = done.document
    assert list(document) == ["backends", "build", "problem", "problems"]
    rows = {row["name"]: row for row in document["backends"]}
    assert set(NAMES) <= set(rows)
    row = rows["openai-compatible"]
    assert row["claims"][0]["distribution"] == "openrange"
    assert row["variables"] == {
        "OPENAI_API_KEY": True,
        "OPENAI_BASE_URL": False,
        "OPENAI_API_BASE": False,
    }
    assert (row["blocked"], row["problem"]) == (False, None)
    assert document["build"]["backend"] == "openai-compatible"
    assert document["build"]["because"] == "OPENAI_API_KEY is set"
    assert document["problem"] is None
    assert "sk-secret" not in done.out


def test_backends_says_what_stands_in_the_way_of_a_build() -> None:
    Path("openrange.toml").write_text('[llm]\nbackend = "ofline"\n[plugins]\nblock = ["codex"]\n')
    done = openrange("backends")
    assert done.status == 0
    assert "there is no backend 'ofline'" in done.out
    assert "blocked" in next(row for row in done.out.splitlines() if row.startswith("codex"))
    Path("openrange.toml").write_text("nonsense")
    broken = openrange("backends", "--json")
    assert broken.status == 0
    assert broken.document["build"] is None
    assert "openrange.toml: not valid TOML" in broken.document["problem"]


def test_backends_reads_the_file_that_is_named() -> None:
    Path("mine.toml").write_text('[llm]\nbackend = "openai-compatible"\nmodel = "m"\n')
    document = openrange("backends", "--json", "--config", "mine.toml").document
    assert document["build"]["options"]["model"] == {"value": "m", "source": "mine.toml"}
    assert document["problem"] == "openai-compatible: no key: set OPENAI_API_KEY"


def test_a_name_that_is_claimed_twice_shows_both_and_imports_neither() -> None:
    bomb = "[openrange.backends]\nacme = nosuchmodule:Backend\n"
    installed("site", "acme-one", bomb)
    path = installed("site", "acme-two", bomb)
    done = openrange("backends", PYTHONPATH=path)
    (row,) = [row for row in done.out.splitlines() if row.startswith("acme")]
    assert "acme-one 1.5" in row
    assert "acme-two 1.5" in row
    assert "nosuchmodule" not in done.out + done.err
    refused = openrange("build", "--backend", "acme", PYTHONPATH=path)
    assert refused.status == 2
    assert "'acme' is claimed by acme-" in refused.complaint


def test_packs_lists_the_packs_and_what_is_wrong_with_one() -> None:
    done = openrange("packs")
    assert (done.status, done.err) == (0, "")
    assert "webapp (openrange 2." in done.out
    assert "A small company's web portal with a chain of planted weaknesses" in done.out
    path = installed("site", "acme-pack", "[openrange.packs]\nacme = nosuchmodule:Pack\n")
    mixed = openrange("packs", PYTHONPATH=path)
    assert mixed.status == 0
    assert "acme (acme-pack 1.5): unusable: " in mixed.out
    assert "a chain of planted weaknesses" in mixed.out
    rows = {
        row["name"]: row for row in openrange("packs", "--json", PYTHONPATH=path).document["packs"]
    }
    assert rows["webapp"]["version"] == "4"
    assert rows["webapp"]["problem"] is None
    assert rows["acme"]["version"] is None
    assert "nosuchmodule" in rows["acme"]["problem"]
