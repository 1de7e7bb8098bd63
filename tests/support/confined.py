"""Tests of what LiteLLM does, confined to this machine."""

from __future__ import annotations

import socket
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of these leaves the machine, whatever LiteLLM tries."""
    look_up = socket.getaddrinfo

    def refuse(host: Any, *arguments: Any, **options: Any) -> Any:
        if host in ("127.0.0.1", "localhost", b"127.0.0.1", b"localhost"):
            return look_up(host, *arguments, **options)
        raise socket.gaierror(socket.EAI_NONAME, f"no network in tests: {host!r}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
