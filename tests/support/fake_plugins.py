"""Installed distributions as pip leaves them: real metadata and a real module on `sys.path`."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from openrange.plugins.entry_points import scan

ACME = """
from dataclasses import dataclass, field

from openrange import LLMResult


@dataclass(frozen=True)
class Acme:
    model: str = "acme-1"
    base_url: str = "https://api.acme.example"
    api_key: str | None = field(default=None, repr=False, metadata={"secret": True})
    api_key_env: str | None = "ACME_API_KEY"
    timeout: float = 60.0
    region: str | None = None
    extra_params: dict[str, object] | None = None

    def complete(self, request):
        return LLMResult("hello from acme")
"""
"""A stranger's backend, in the simplest form that a user might publish."""

LITELLM = """
from dataclasses import dataclass, field

from openrange import LLMResult, hookimpl

MODELS = {"ANTHROPIC_API_KEY": "anthropic/claude", "GEMINI_API_KEY": "gemini/flash"}


@dataclass(frozen=True)
class LiteLLMBackend:
    model: str
    api_key: str | None = field(default=None, repr=False, metadata={"secret": True})
    timeout: float = 120.0
    extra_params: dict[str, object] | None = None
    api_base: str | None = None
    api_key_env: str | None = None

    def complete(self, request):
        return LLMResult("hello from a stand-in")

    @classmethod
    @hookimpl
    def openrange_environment(cls, variable):
        return {"model": MODELS[variable]} if variable in MODELS else {}
"""
LITELLM_VARIABLES = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GEMINI_API_KEY", "GROQ_API_KEY")


class FakePlugins:
    """Installs distributions into directories of their own, for the time of one test.

    Args:
        root: A directory below which they are installed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = list(sys.path)
        self._modules: set[str] = set()

    def install(
        self,
        distribution: str,
        version: str = "1.0",
        *,
        backends: Mapping[str, str] | None = None,
        detect: Mapping[str, str] | None = None,
        packs: Mapping[str, str] | None = None,
        source: str = ACME,
        module: str | None = None,
        site: str = "site",
    ) -> Path:
        """Install one distribution with one module.

        Args:
            distribution: Its name.
            version: Its version.
            backends: Entry points of the group `openrange.backends`.
            detect: Entry points of the group `openrange.detect`.
            packs: Entry points of the group `openrange.packs`.
            source: The module's text.
            module: The module's name; by default the distribution's, with underscores.
            site: The directory to install into. The one named last is the first on `sys.path`.

        Returns:
            The distribution's `.dist-info` directory.
        """
        stem = re.sub(r"[-_.]+", "_", distribution)
        module = module or stem
        directory = self._root / site
        info = directory / f"{stem}-{version}.dist-info"
        info.mkdir(parents=True)
        (directory / f"{module}.py").write_text(source, "utf-8")
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", "utf-8"
        )
        groups = {"backends": backends, "detect": detect, "packs": packs}
        lines = []
        for group, points in groups.items():
            if points:
                lines += [f"[openrange.{group}]", *(f"{k} = {v}" for k, v in points.items()), ""]
        (info / "entry_points.txt").write_text("\n".join(lines), "utf-8")
        files = [f"{module}.py", f"{info.name}/METADATA", f"{info.name}/entry_points.txt"]
        (info / "RECORD").write_text("".join(f"{file},,\n" for file in files), "utf-8")
        self._modules.add(module)
        if str(directory) not in sys.path:
            sys.path.insert(0, str(directory))
        self.forget()
        return info

    def install_acme(self, **changes: object) -> Path:
        """A stranger's `acme`, detected by `ACME_API_KEY`; `changes` go to `install`."""
        value = "openrange_acme:Acme"
        facts = {"backends": {"acme": value}, "detect": {"ACME_API_KEY": value}} | changes
        return self.install("openrange-acme", **facts)  # type: ignore[arg-type]

    def install_litellm(self, *variables: str, source: str = LITELLM) -> Path:
        """A stand-in for the distribution `openrange-litellm`, detected by `variables`."""
        value = "litellm_stand_in:LiteLLMBackend"
        return self.install(
            "openrange-litellm",
            "2.0.0",
            backends={"litellm": value},
            detect=dict.fromkeys(variables or LITELLM_VARIABLES, value),
            source=source,
            module="litellm_stand_in",
        )

    def hide(self, distribution: str) -> None:
        """Take a distribution that is really installed out of sight, by links to all others."""
        stem = re.sub(r"[-_.]+", "_", distribution)
        path = []
        for number, entry in enumerate(sys.path):
            if entry and any(Path(entry).glob(f"{stem}-*.dist-info")):
                mirror = self._root / f"mirror-{stem}-{number}"
                mirror.mkdir(parents=True)
                for file in Path(entry).iterdir():
                    if not file.name.startswith(f"{stem}-"):
                        (mirror / file.name).symlink_to(file)
                path.append(str(mirror))
            else:
                path.append(entry)
        sys.path[:] = path
        self.forget()

    def imported(self) -> set[str]:
        """The modules of installed fakes that were imported."""
        return self._modules & sys.modules.keys()

    def forget(self) -> None:
        """Have the metadata read anew."""
        importlib.invalidate_caches()
        scan.cache_clear()

    def remove(self) -> None:
        """Drop what was imported and restore `sys.path`, so that the next test starts anew."""
        for module in self.imported():
            del sys.modules[module]
        sys.path[:] = self._path
        self.forget()


@pytest.fixture
def fake_plugins(tmp_path: Path) -> Iterator[FakePlugins]:
    """Nothing but the core is installed, plus what the test installs."""
    plugins = FakePlugins(tmp_path / "plugins")
    plugins.hide("openrange-litellm")
    yield plugins
    plugins.remove()
