"""The portal's database: SQLite in memory, which lets a request read, briefly, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping

from openrange.packs.webapp.choices import VAULT_COLUMNS, VAULT_TABLES
from openrange.packs.webapp.places import Places
from openrange.packs.webapp.world import World

Value = str | int | float | bytes | None
Row = tuple[Value, ...]

QUERY_SECONDS = 1.0
MAX_ROWS = 200
MAX_VALUE_BYTES = 50_000
MAX_PATTERN_BYTES = 256
MAX_HEAP_BYTES = 64_000_000
STEPS_BETWEEN_CHECKS = 100
HASH_ROUNDS = 20_000

_READING = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_LEAVING = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA})
_NATIVE_CODE = frozenset({"load_extension", "fts3_tokenizer"})


class QueryError(Exception):
    """A statement is wrong, forbidden or too slow."""


class Database:
    """One connection, which requests take in turn.

    Args:
        world: What to fill it with.
        hidden: What stands in the vault and in the sealed record.

    Raises:
        ValueError: The world names a vault that is none of the pack's.
    """

    def __init__(self, world: World, hidden: Places) -> None:
        self._lock = threading.Lock()
        self._deadline = 0.0
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False
        )
        self._connection.text_factory = _decoded
        # Intermediate results stay in memory too, and there they are bounded.
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute(f"PRAGMA hard_heap_limit = {MAX_HEAP_BYTES}")
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MAX_PATTERN_BYTES)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.set_authorizer(_stay_inside)
        _fill(self._connection, world, hidden)
        self._connection.set_authorizer(_only_read)
        self._connection.set_progress_handler(self._is_late, STEPS_BETWEEN_CHECKS)

    def rows(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[Row]:
        """Run one statement.

        Args:
            sql: The statement.
            parameters: The values of its named parameters.

        Returns:
            At most `MAX_ROWS` rows.

        Raises:
            QueryError: It is wrong, does something else than reading, or takes longer than
                `QUERY_SECONDS`.
        """
        with self._lock:
            self._deadline = time.monotonic() + QUERY_SECONDS
            try:
                cursor = self._connection.execute(sql, parameters or {})
                try:
                    return cursor.fetchmany(MAX_ROWS)
                finally:
                    cursor.close()
            # sqlite3.Warning is what Python 3.11 raises for two statements in one text.
            except (sqlite3.Error, sqlite3.Warning, MemoryError, ValueError) as error:
                reason = str(error) or "out of memory"
        raise QueryError(reason)

    def knows(self, login: str, password: str) -> bool:
        """Whether the password is that account's."""
        rows = self.rows(
            "SELECT salt, password_hash FROM accounts WHERE login = :login", {"login": login}
        )
        # An unknown account takes as long as a wrong password.
        salt, expected = rows[0] if rows else ("", "")
        return hmac.compare_digest(_hashed(password, str(salt)), str(expected))

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline


def _fill(connection: sqlite3.Connection, world: World, hidden: Places) -> None:
    table, column = world["vault"]["table"], world["vault"]["column"]
    if table not in VAULT_TABLES or column not in VAULT_COLUMNS:
        raise ValueError("the world names a vault that this pack does not have")
    for statement in (
        (
            "CREATE TABLE accounts (login TEXT PRIMARY KEY, name TEXT, title TEXT, role TEXT, "
            "salt TEXT, password_hash TEXT)"
        ),
        "CREATE TABLE notices (title TEXT, body TEXT)",
        "CREATE TABLE records (id INTEGER PRIMARY KEY, owner TEXT, title TEXT, body TEXT)",
        f"CREATE TABLE {table} (label TEXT, {column} TEXT)",
    ):
        connection.execute(statement)
    agent = world["agent"]
    for account in world["accounts"]:
        salt = secrets.token_hex(8)
        is_agent = account["login"] == agent["login"]
        # Nobody knows the others' passwords, this process included.
        password = agent["password"] if is_agent else secrets.token_hex(16)
        connection.execute(
            "INSERT INTO accounts VALUES (:login, :name, :title, :role, :salt, :hash)",
            {**account, "salt": salt, "hash": _hashed(password, salt)},
        )
    connection.executemany("INSERT INTO notices VALUES (:title, :body)", world["notices"])
    for record in world["records"]:
        body = record["body"]
        if record["sealed"]:
            body = f"{body} The code: {hidden.record}"
        connection.execute(
            "INSERT INTO records VALUES (:id, :owner, :title, :text)", {**record, "text": body}
        )
    connection.execute(
        f"INSERT INTO {table} VALUES ('recovery code', :value)",  # noqa: S608 - a name of ours
        {"value": hidden.vault},
    )


def _hashed(password: str, salt: str) -> str:
    raw = password.encode("utf-8", "replace")
    return hashlib.pbkdf2_hmac("sha256", raw, salt.encode(), HASH_ROUNDS).hex()


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _stay_inside(
    action: int, first: str | None, second: str | None, database: str | None, source: str | None
) -> int:
    return sqlite3.SQLITE_DENY if action in _LEAVING else sqlite3.SQLITE_OK


def _only_read(
    action: int, first: str | None, second: str | None, database: str | None, source: str | None
) -> int:
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _NATIVE_CODE:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY
