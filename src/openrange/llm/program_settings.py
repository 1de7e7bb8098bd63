"""What the settings of every backend that runs a local program have in common."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

from openrange.errors import LLMBackendError
from openrange.llm.settings import BackendSettings


@dataclass(frozen=True, slots=True)
class ProgramSettings(BackendSettings):
    """Base of a backend that runs a local program which keeps an account itself.

    Args:
        command: The program, by name or path.
        model: The model to use; None leaves it to the program.
        cwd: Where the program works; None is an empty temporary directory for each call.
        timeout: Seconds of wall-clock time for one attempt, after which the program and all that
            it started are ended.
    """

    command: str
    model: str | None = None
    cwd: str | os.PathLike[str] | None = None
    timeout: float = 120.0

    NAME: ClassVar[str]
    """The backend's name."""

    SIGN_IN: ClassVar[str]
    """What to do for an account, in words."""

    def is_signed_out(self) -> bool:
        """Whether the program says that it has no account. A subclass asks it."""
        return False

    def preflight(self) -> None:
        """Check what can be checked without a request: the program is asked for its account.

        Raises:
            LLMBackendError: Of kind `not-configured`: the program is missing or signed in to no
                account, the directory is missing, or the timeout is not positive.
        """
        self.check(f"{self.NAME}: ")
        if self.is_signed_out():
            raise LLMBackendError(
                f"{self.NAME}: the program is not signed in; {self.SIGN_IN}",
                kind="not-configured",
                returncode=127,
            )

    def check(self, label: str = "") -> None:
        """Find out what keeps the program from being run.

        Args:
            label: What an error begins with.

        Raises:
            LLMBackendError: Of kind `not-configured`.
        """
        problem: str | None = None
        if shutil.which(self.command) is None:
            problem = f"{self.command!r} was not found; install it, or set command to its path"
        elif self.cwd is not None and not Path(self.cwd).is_dir():
            problem = f"the directory {str(self.cwd)!r} does not exist"
        elif not 0 < self.timeout < float("inf"):
            problem = f"timeout must be a positive number of seconds, not {self.timeout:g}"
        if problem is not None:
            raise LLMBackendError(f"{label}{problem}", kind="not-configured", returncode=127)

    def in_workspace(self, directory: str | os.PathLike[str]) -> Self:
        """The same backend, working in `directory`.

        Args:
            directory: An existing directory.

        Returns:
            A new backend; this one is left as it is.
        """
        return replace(self, cwd=directory)
