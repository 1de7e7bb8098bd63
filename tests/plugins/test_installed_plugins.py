from __future__ import annotations

import subprocess
import sys

import pytest
from fake_plugins import ACME, FakePlugins

from openrange import BackendNotFoundError, available_backends, resolve_backend
from openrange.core.installed_packs import PACK
from openrange.plugins.groups import BACKEND
from openrange.plugins.registry import Plugins

RAISES = "raise RuntimeError('this module must not be imported')\n"


def test_the_core_registers_four_backends() -> None:
    assert available_backends() == ("claude", "codex", "offline", "openai-compatible")


def test_listing_imports_nothing(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=RAISES)

    assert "acme" in available_backends()
    assert fake_plugins.imported() == set()


def test_listing_in_a_fresh_process_imports_no_backend() -> None:
    program = (
        "import sys, openrange; openrange.available_backends(); "
        "print([name for name in sys.modules if name.startswith('openrange.backends')])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_resolving_a_name_imports_that_plugin_and_no_other(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme()
    fake_plugins.install("openrange-bolt", backends={"bolt": "openrange_bolt:Acme"}, source=RAISES)

    backend = resolve_backend("acme")

    assert type(backend).__name__ == "Acme"
    assert fake_plugins.imported() == {"openrange_acme"}


def test_a_broken_plugin_takes_no_other_down(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=RAISES)

    assert type(resolve_backend("offline")).__name__ == "OfflineBackend"
    assert type(resolve_backend()).__name__ == "OfflineBackend"


def test_the_metadata_is_read_once_in_a_process(fake_plugins: FakePlugins) -> None:
    info = fake_plugins.install_acme()
    available_backends()
    (info / "entry_points.txt").unlink()

    assert "acme" in available_backends()


def test_one_class_under_two_names_can_be_had_by_both(fake_plugins: FakePlugins) -> None:
    value = "openrange_acme:Acme"
    fake_plugins.install_acme(backends={"acme": value, "acme-classic": value})
    plugins = Plugins()

    assert plugins.load(BACKEND, "acme") is plugins.load(BACKEND, "acme-classic")
    assert resolve_backend("acme") == resolve_backend("acme-classic")


def test_a_class_of_the_core_can_be_registered_under_another_name(
    fake_plugins: FakePlugins,
) -> None:
    value = "openrange.backends.openai_compatible:OpenAICompatibleBackend"
    fake_plugins.install("openrange-alias", backends={"house": value})

    assert resolve_backend("house", model="m") == resolve_backend("openai-compatible", model="m")


def test_a_class_below_another_attribute_can_be_registered(fake_plugins: FakePlugins) -> None:
    source = ACME + "\n\nclass Shelf:\n    Backend = Acme\n"
    fake_plugins.install_acme(backends={"acme": "openrange_acme:Shelf.Backend"}, source=source)

    assert type(resolve_backend("acme")).__name__ == "Acme"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("METADATA", b"\xff\xfe\x00 \x80 no metadata"),
        ("METADATA", b""),
        ("METADATA", b"Metadata-Version: 2.1\nVersion: 1.0\n"),
        ("entry_points.txt", b"\xff\xfe\x80[openrange.backends]"),
        ("entry_points.txt", b"acme = stands:before.any.section"),
        ("entry_points.txt", b"[openrange.backends\n= = =\n:::\n"),
    ],
)
def test_a_distribution_with_unreadable_metadata_is_passed_over(
    fake_plugins: FakePlugins, file: str, content: bytes
) -> None:
    (fake_plugins.install_acme() / file).write_bytes(content)

    assert available_backends() == ("claude", "codex", "offline", "openai-compatible")
    assert type(resolve_backend("offline")).__name__ == "OfflineBackend"


def test_a_distribution_without_metadata_is_passed_over(fake_plugins: FakePlugins) -> None:
    (fake_plugins.install_acme() / "METADATA").unlink()

    assert "acme" not in available_backends()


def test_a_distribution_without_a_version_can_be_used_and_named(fake_plugins: FakePlugins) -> None:
    info = fake_plugins.install_acme()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: openrange-acme\n", "utf-8")

    assert type(resolve_backend("acme")).__name__ == "Acme"
    (claim,) = Plugins().claims(BACKEND, "acme")
    assert "None" not in str(claim)


def test_of_two_copies_of_a_distribution_the_one_that_python_imports_counts(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme(version="1.0", site="behind")
    fake_plugins.install_acme(version="2.0", site="before")

    (claim,) = Plugins().claims(BACKEND, "acme")

    assert str(claim) == "openrange-acme 2.0"
    assert type(resolve_backend("acme")).__name__ == "Acme"


def test_two_spellings_of_one_distribution_are_one(fake_plugins: FakePlugins) -> None:
    value = "openrange_acme:Acme"
    fake_plugins.install("openrange-acme", backends={"acme": value}, site="behind")
    fake_plugins.install("OpenRange.Acme", backends={"acme": value}, site="before")

    assert len(Plugins().claims(BACKEND, "acme")) == 1


@pytest.mark.parametrize("name", ["claude", "codex", "offline", "openai-compatible"])
def test_a_stranger_cannot_displace_a_backend_of_the_core(
    fake_plugins: FakePlugins, name: str
) -> None:
    fake_plugins.install_acme(backends={name: "openrange_acme:Acme"}, source=RAISES)

    assert type(resolve_backend(name)).__module__.startswith("openrange.backends.")
    assert [claim.distribution for claim in Plugins().claims(BACKEND, name)] == ["openrange"]


def test_packs_are_listed_and_loaded_in_the_same_way(fake_plugins: FakePlugins) -> None:
    fake_plugins.install("openrange-maze", packs={"maze": "openrange_maze:Maze"}, source=RAISES)

    assert Plugins().names(PACK) == ["maze", "webapp"]
    assert Plugins().load(PACK, "webapp").__name__ == "WebappPack"
    assert fake_plugins.imported() == set()
    with pytest.raises(BackendNotFoundError):
        Plugins().load(BACKEND, "maze")
