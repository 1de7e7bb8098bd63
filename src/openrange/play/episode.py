"""An episode: an admitted world, running for an agent, until the agent's result is judged."""

from __future__ import annotations

import hmac
import json
import logging
import os
import stat
from contextlib import ExitStack
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Self

from openrange.core.pack import Pack, Task
from openrange.core.provenance import is_admitted_here, pack_of
from openrange.core.snapshot import Snapshot
from openrange.errors import PackError, StoreError
from openrange.llm import strict_json
from openrange.worlds.boot import BootError, RunningWorld, boot

TASK_FILE = "OPENRANGE_TASK.json"
RESULT_FILE = "result.json"
MAX_RESULT_BYTES = 100_000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EpisodeReport:
    """How an episode ended.

    Args:
        snapshot_id: The world.
        task_id: The task.
        passed: Whether the agent's result holds the flag of this boot.
        message: What was found, in one sentence.
        admitted_here: Whether this installation admitted the world. A world from elsewhere may be
            one that nobody can solve.
    """

    snapshot_id: str
    task_id: str
    passed: bool
    message: str
    admitted_here: bool = False


class Episode:
    """A snapshot's world, booted for the length of a `with` block.

    The agent's directory gets `OPENRANGE_TASK.json` (task, instruction and `base_url`) and the
    pack's artifacts. The agent leaves `result.json` there: `{"flag": "…"}`. Where the snapshot was
    admitted by another installation, or not at all, the log says so.

    Args:
        snapshot: An admitted world.
        directory: The agent's directory, which is made if it does not exist.
        pack: The pack that made the snapshot; None finds the installed one.
        task: Which of the snapshot's tasks; None for the first.

    Raises:
        PackError: The pack is not installed, or is not the snapshot's own in its version; on
            entering the block, the world does not boot.
        StoreError: What is given is no snapshot; on entering the block, the directory cannot be
            written.
        RuntimeError: The block is entered while it runs.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        directory: str | PathLike[str],
        *,
        pack: Pack | None = None,
        task: Task | None = None,
    ) -> None:
        if not isinstance(snapshot, Snapshot):
            raise StoreError(
                f"an episode needs a snapshot, and not {type(snapshot).__name__}; load one first, "
                "such as by SnapshotStore().load(ID)"
            )
        self.snapshot = snapshot
        self.directory = Path(directory)
        self.task = task or snapshot.tasks[0]
        self._pack = pack_of(snapshot, pack)
        self._is_admitted_here = is_admitted_here(snapshot)
        if not self._is_admitted_here:
            _LOG.warning(
                "the snapshot %s was not admitted by this installation: "
                "`openrange inspect %s --verify` finds out whether it can be solved",
                snapshot.id[:12],
                snapshot.id[:12],
            )
        self._stack = ExitStack()
        self._world: RunningWorld | None = None

    def __enter__(self) -> Self:
        if self._world is not None:
            raise RuntimeError("the episode runs already; make another one for another world")
        try:
            with ExitStack() as stack:
                world = stack.enter_context(boot(self._pack.command(), self.snapshot.world))
                self._write_files(world.url)
                self._world, self._stack = world, stack.pop_all()
                return self
        except BootError as error:
            raise PackError(f"the world of the snapshot does not boot: {error}") from None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._world = None
        self._stack.close()

    @property
    def base_url(self) -> str:
        """Where the world is: known while the block runs."""
        return self._running.url

    def report(self) -> EpisodeReport:
        """Judge the agent's `result.json`, while the world still runs.

        Returns:
            The report; a missing or malformed file is a failed episode and no exception.
        """
        answer, problem = _read_answer(self.directory / RESULT_FILE)
        passed = hmac.compare_digest(answer.encode("utf-8", "replace"), self._running.flag.encode())
        message = problem or ("the flag is right" if passed else "the flag is wrong")
        return EpisodeReport(
            self.snapshot.id, self.task.id, passed, message, self._is_admitted_here
        )

    @property
    def _running(self) -> RunningWorld:
        if self._world is None:
            raise RuntimeError("an episode runs only within its `with` block")
        return self._world

    def _write_files(self, base_url: str) -> None:
        task = {
            "task_id": self.task.id,
            "instruction": self.task.instruction,
            "base_url": base_url,
            "result_file": RESULT_FILE,
        }
        files = {**self.snapshot.artifacts, TASK_FILE: json.dumps(task, indent=2) + "\n"}
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            for name, text in files.items():
                file = self.directory / name
                file.unlink(missing_ok=True)  # whoever left a link there chose where it leads
                file.write_text(text, encoding="utf-8", errors="replace")
        except OSError as error:
            raise StoreError(f"cannot write to {self.directory}: {error.strerror}") from None


def _read_answer(file: Path) -> tuple[str, str | None]:
    """The flag that the agent gives, and what is wrong with its file, if anything."""
    try:
        # An agent may have made anything there: opening a named pipe would wait for a writer.
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return "", f"{RESULT_FILE} is not a file"
            raw = stream.read(MAX_RESULT_BYTES + 1)
    except FileNotFoundError:
        return "", f"there is no {RESULT_FILE}"
    except OSError as error:
        return "", f"{RESULT_FILE} cannot be read: {error.strerror or type(error).__name__}"
    if len(raw) > MAX_RESULT_BYTES:
        return "", f"{RESULT_FILE} is larger than {MAX_RESULT_BYTES:,} bytes"
    try:
        document = strict_json.parse(raw)
    except ValueError:
        return "", f"{RESULT_FILE} is not JSON"
    answer = document.get("flag") if isinstance(document, dict) else None
    if not isinstance(answer, str):
        return "", f'{RESULT_FILE} has no text under the key "flag"'
    return answer.strip(), None
