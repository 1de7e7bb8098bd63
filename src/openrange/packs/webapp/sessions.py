"""Who is signed in, done properly: a random token that means nothing outside of the server."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import Protocol

COOKIE = "session"
MAX_SESSIONS = 1_000


@dataclass(frozen=True, slots=True)
class Session:
    """What a session says about its holder."""

    login: str
    role: str


class Sessions(Protocol):
    """Turns a session into the value of a cookie, and back."""

    def open(self, session: Session) -> str:
        """Start a session; returns the cookie's value."""
        ...

    def read(self, cookie: str) -> Session | None:
        """The session of a cookie's value, or None."""
        ...

    def close(self, cookie: str) -> None:
        """End a session, if the server can."""
        ...


class ServerSessions:
    """Keeps the sessions on the server; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}

    def open(self, session: Session) -> str:
        """Start a session under a new random token."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._sessions[token] = session
            if len(self._sessions) > MAX_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
        return token

    def read(self, cookie: str) -> Session | None:
        """Look the token up."""
        with self._lock:
            return self._sessions.get(cookie)

    def close(self, cookie: str) -> None:
        """Forget the token."""
        with self._lock:
            self._sessions.pop(cookie, None)
