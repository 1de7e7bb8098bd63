from __future__ import annotations

import pytest
from fake_plugins import FakePlugins

from openrange import BackendNotFoundError, resolve_backend
from openrange.plugins import groups


def complaint(fake_plugins: FakePlugins, version: str) -> str:
    """Why a class that says `openrange_contract = version` is refused."""
    source = f"class Acme:\n openrange_contract = {version}\n def complete(self, request): ...\n"
    fake_plugins.install_acme(version="3.1", source=source)
    with pytest.raises(BackendNotFoundError) as caught:
        resolve_backend("acme")
    return str(caught.value)


@pytest.mark.parametrize("version", ["2", "10**30"])
def test_a_newer_contract_asks_for_a_newer_openrange(
    fake_plugins: FakePlugins, version: str
) -> None:
    message = complaint(fake_plugins, version)

    assert "openrange-acme 3.1" in message
    assert message.endswith("this OpenRange has version 1; upgrade the package openrange")


@pytest.mark.parametrize("version", ["0", "-1"])
def test_an_older_contract_asks_for_a_newer_plugin(fake_plugins: FakePlugins, version: str) -> None:
    message = complaint(fake_plugins, version)

    assert f"made for version {version} of the backend contract" in message
    assert message.endswith("; upgrade the package openrange-acme")


def test_a_class_that_declares_nothing_is_made_for_the_first_version(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "CONTRACT", 2)
    fake_plugins.install_acme(version="3.1")

    with pytest.raises(BackendNotFoundError, match=r"version 1 of .* upgrade .* openrange-acme$"):
        resolve_backend("acme")


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("True", "bool"),
        ("'1'", "str"),
        ("1.0", "float"),
        ("None", "NoneType"),
        ("property(int)", "property"),
    ],
)
def test_a_version_that_is_no_integer_is_refused_as_such(
    fake_plugins: FakePlugins, version: str, kind: str
) -> None:
    message = complaint(fake_plugins, version)

    assert f"openrange_contract that is not an integer but {kind}" in message
    assert "upgrade" not in message


def test_a_class_that_cannot_be_examined_is_told_as_its_plugin_s_fault(
    fake_plugins: FakePlugins,
) -> None:
    source = (
        "class Meta(type):\n"
        "    def __getattr__(cls, name): raise RuntimeError(f'no {name}')\n"
        "class Acme(metaclass=Meta): ...\n"
    )
    fake_plugins.install_acme(version="3.1", source=source)

    with pytest.raises(BackendNotFoundError, match=r"acme 3\.1 cannot be examined \(RuntimeError"):
        resolve_backend("acme")
