from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from named_wires import VERTEX_TOKEN


@dataclass
class Account:
    """What Google's package makes of the credentials on a machine."""

    token: str = field(default=VERTEX_TOKEN, repr=False)
    expired: bool = False
    quota_project_id: None = None


@pytest.fixture(autouse=True)
def _google_account(monkeypatch: pytest.MonkeyPatch, litellm: Any) -> None:
    """A Google account, in the place of the one package that would ask Google for a token."""
    from litellm.llms.vertex_ai.vertex_llm_base import VertexBase

    def sign_in(self: object, scopes: object) -> tuple[Account, None]:
        return Account(), None

    monkeypatch.setattr(VertexBase, "_credentials_from_default_auth", sign_in)
    monkeypatch.setattr(VertexBase, "refresh_auth", lambda self, credentials: None)
