"""A service's database: SQLite in memory, which lets a request read, briefly, and nothing else."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Mapping

from openrange.packs.webapp.hiding import Hiding

Value = str | int | float | bytes | None
Row = tuple[Value, ...]

QUERY_SECONDS = 1.0
CONNECTIONS = 4
MAX_ROWS = 200
MAX_RESULT_CHARACTERS = 100_000
MAX_HEAP_BYTES = 64_000_000
STEPS_BETWEEN_CHECKS = 10  # each of which may call a function that takes milliseconds
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 10_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 256,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}

_READING = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Service
_NATIVE_CODE = frozenset({"load_extension", "fts3_tokenizer"})


class QueryError(Exception):
    """A statement is wrong, forbidden or too slow."""


class Database:
    """What requests read, each by a connection of its own, so that none waits for a slow one.

    Args:
        service: What to fill it with.
        hiding: What stands in the vault.

    Raises:
        ValueError: A table or column has a name that is none.
    """

    def __init__(self, service: Service, hiding: Hiding) -> None:
        first = _connected()
        _fill(first, service, hiding)
        self._image = first.serialize()
        self._free = [_Reading(first)]
        self._places = threading.Semaphore(CONNECTIONS)

    def rows(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[Row]:
        """Run one statement.

        Args:
            sql: The statement.
            parameters: The values of its named parameters.

        Returns:
            At most `MAX_ROWS` rows, and at most `MAX_RESULT_CHARACTERS`, or the first row.

        Raises:
            QueryError: It is wrong, does something else than reading, or takes longer than
                `QUERY_SECONDS`; or too many others run.
        """
        if not self._places.acquire(timeout=QUERY_SECONDS):
            raise QueryError("too many queries")
        try:
            reading = self._free.pop() if self._free else self._another()
            try:
                return reading.rows(sql, parameters or {})
            finally:
                self._free.append(reading)
        finally:
            self._places.release()

    def _another(self) -> _Reading:
        connection = _connected()
        connection.deserialize(self._image)
        return _Reading(connection)


class _Reading:
    """A connection that reads, briefly."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._deadline = 0.0
        connection.set_authorizer(_only_read)
        connection.set_progress_handler(self._is_late, STEPS_BETWEEN_CHECKS)

    def rows(self, sql: str, parameters: Mapping[str, Value]) -> list[Row]:
        self._deadline = time.monotonic() + QUERY_SECONDS
        try:
            cursor = self._connection.execute(sql, parameters)
            try:
                return _bounded(cursor)
            finally:
                cursor.close()
        # sqlite3.Warning is what Python 3.11 raises for two statements in one text.
        except (sqlite3.Error, sqlite3.Warning, MemoryError, ValueError) as error:
            reason = str(error) or "out of memory"
        raise QueryError(reason)

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline


def _bounded(cursor: sqlite3.Cursor) -> list[Row]:
    rows: list[Row] = []
    size = 0
    for row in cursor:
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if rows and (size > MAX_RESULT_CHARACTERS or len(rows) == MAX_ROWS):
            break
        rows.append(row)
    return rows


def _connected() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.text_factory = _decoded
    # Intermediate results stay in memory too, and there they are bounded.
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA hard_heap_limit = {MAX_HEAP_BYTES}")
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    return connection


def _fill(connection: sqlite3.Connection, service: Service, hiding: Hiding) -> None:
    tables, columns = service["words"]["tables"], service["words"]["columns"]
    if not all(
        name.isidentifier() and name.isascii() for name in (*tables.values(), *columns.values())
    ):
        raise ValueError("the world has a table or column of a name that this pack does not give")
    rows: dict[str, tuple[tuple[str, ...], list[tuple[Value, ...]]]] = {
        "people": (
            ("login", "name", "title", "unit", "room"),
            [
                (a["login"], a["name"], a["title"], a["unit"], a["room"])
                for a in service["accounts"]
            ],
        ),
        "items": (
            ("number", "item", "state", "amount"),
            [(i["number"], i["name"], i["state"], i["amount"]) for i in service["items"]],
        ),
        "vault": (("label", "value"), [(service["secret"], hiding.vault)]),
    }
    for table, (names, values) in rows.items():
        named = ", ".join(columns[name] for name in names)
        connection.execute(f"CREATE TABLE {tables[table]} ({named})")
        marks = ", ".join("?" for _ in names)
        connection.executemany(
            f"INSERT INTO {tables[table]} VALUES ({marks})",  # noqa: S608 - a name of ours
            values,
        )


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _only_read(
    action: int, first: str | None, second: str | None, database: str | None, source: str | None
) -> int:
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _NATIVE_CODE:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY
