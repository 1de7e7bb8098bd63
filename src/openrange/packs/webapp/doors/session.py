"""Who is signed in: a random token that means nothing outside of the portal."""

from __future__ import annotations

import os
import threading

MAX_SESSIONS = 1_000


class Holder:
    """What a session says about its holder.

    Args:
        login: The name of the account.
        role: Its role, in the service's own word.

    Attributes:
        kept: What doors keep for the holder, by the kinds of the doors.
    """

    __slots__ = ("kept", "login", "role")

    def __init__(self, login: str, role: str) -> None:
        self.login = login
        self.role = role
        self.kept: dict[str, object] = {}

    def taken_for(self, login: str, role: str) -> Holder:
        """The same session, with somebody else for its holder."""
        other = Holder(login, role)
        other.kept = self.kept
        return other


class Session:
    """Keeps the sessions; the oldest goes when there are too many. Every other door asks it.

    Attributes:
        public: The public key that goes with its cookies; empty where there is none.
    """

    public = ""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders: dict[str, Holder] = {}

    def open(self, holder: Holder) -> str:
        """Start a session.

        Args:
            holder: Whose.

        Returns:
            The cookie's value: a new random token.
        """
        token = os.urandom(24).hex()
        with self._lock:
            self._holders[token] = holder
            if len(self._holders) > MAX_SESSIONS:
                del self._holders[next(iter(self._holders))]
        return token

    def read(self, cookie: str) -> Holder | None:
        """Whose session a cookie stands for.

        Args:
            cookie: Its value.

        Returns:
            The holder, or None.
        """
        with self._lock:
            return self._holders.get(cookie)

    def close(self, cookie: str) -> None:
        """End a session.

        Args:
            cookie: Its value.
        """
        with self._lock:
            self._holders.pop(cookie, None)
