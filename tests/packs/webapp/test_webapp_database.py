from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from webapp_worlds import PACK, Running, made, running

from openrange.packs.webapp.client import Client
from openrange.packs.webapp.world import World, door_of

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
GREEDY = (
    "WITH RECURSIVE c(x, y) AS (SELECT 1, randomblob(15000) UNION "
    "SELECT x + 1, randomblob(15000) FROM c)"
)


@pytest.fixture(scope="module")
def portal() -> Iterator[Running]:
    with running(unfiltered()) as world:
        yield world


def unfiltered() -> World:
    """A world whose search pastes as it is, shows three columns, and lists them in a table."""
    for seed in range(2_000):
        world = made("sql_injection/string", seed=seed)
        (link,), (service,) = world["chain"], world["services"]
        shown = door_of(service, "search")["facts"]["shown"]  # type: ignore[index]
        is_table = service["words"]["list"] == "table"
        if (link["facts"], len(shown), is_table) == ({"filter": "none", "parentheses": 0}, 3, True):
            return world
    raise AssertionError("no such world")


def inject(portal: Running, select: str) -> tuple[int, str]:
    page = portal.send("search", f"nobody' UNION {select} --")
    return page.status, page.body


def table_of(portal: Running, name: str) -> str:
    (service,) = portal.world["services"]
    return str(service["words"]["tables"][name])


def test_the_injectable_search_reads_any_table(portal: Running) -> None:
    status, body = inject(portal, "SELECT name, sql, 3 FROM sqlite_master")
    assert status == 200
    assert f"CREATE TABLE {table_of(portal, 'vault')}" in body


@pytest.mark.parametrize(
    "select",
    [
        "SELECT name, type, '' FROM pragma_table_info('sqlite_master')",
        "SELECT load_extension('x'), '', ''",
        "SELECT fts3_tokenizer('simple'), '', ''",
    ],
)
def test_a_statement_that_reaches_beyond_the_tables_is_refused(
    portal: Running, select: str
) -> None:
    status, body = inject(portal, select)
    assert status == 500
    assert "not authorized" in body


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH DATABASE '{file}' AS stolen",
        "PRAGMA writable_schema = 1",
        "VACUUM INTO '{file}'",
        "INSERT INTO {people} VALUES ('x', 'y', 'z', 'v', 'w')",
        "DELETE FROM {people}",
        "DROP TABLE {people}",
    ],
)
def test_a_second_statement_is_refused(portal: Running, statement: str, tmp_path: Path) -> None:
    file = tmp_path / "stolen.db"
    told = statement.replace("{file}", str(file)).replace("{people}", table_of(portal, "people"))
    page = portal.send("search", f"'; {told} --")
    assert page.status == 500
    assert "You can only execute one statement at a time" in unescape(page.body)
    assert not file.exists()
    assert PACK.solve(portal.visitor(), portal.world) == portal.flag


@pytest.mark.parametrize(
    ("select", "reason"),
    [
        (f"SELECT * FROM ({ENDLESS} SELECT count(*), '', '' FROM c)", "interrupted"),
        (f"SELECT * FROM ({GREEDY} SELECT count(*), '', '' FROM c)", "out of memory|interrupted"),
        ("SELECT hex(zeroblob(1000000)), '', ''", "too big"),
        ("SELECT '' LIKE hex(zeroblob(1000)), '', ''", "too complex"),
    ],
)
def test_a_statement_without_measure_is_ended(portal: Running, select: str, reason: str) -> None:
    status, body = inject(portal, select)
    assert status == 500
    assert any(each in body for each in reason.split("|"))
    assert portal.send("search", "About").status == 200


# Each call takes its time within one step of the statement.
DENSE = "||".join(["instr(hex(zeroblob(9000)),hex(zeroblob(4500))||1)"] * 150)


@pytest.mark.parametrize(
    "select",
    [
        f"SELECT {DENSE}, '', ''",
        f"SELECT * FROM ({ENDLESS} SELECT sum({DENSE[:3000].rpartition('||')[0]}), '', '' FROM c)",
    ],
)
def test_a_statement_of_costly_calls_keeps_its_time_and_holds_nobody_up(
    portal: Running, select: str
) -> None:
    sessions = [portal.client() for _ in range(4)]
    seconds: list[float] = []

    def ask(client: Client, term: str) -> None:
        started = time.monotonic()
        client.send(client.door("search"), term)
        seconds.append(time.monotonic() - started)

    term = f"nobody' UNION {select} --"
    threads = [threading.Thread(target=ask, args=(each, term)) for each in sessions[:3]]
    for thread in threads:
        thread.start()
    ask(sessions[3], "About")
    for thread in threads:
        thread.join()
    assert len(seconds) == 4
    assert max(seconds) < 8  # 1 s of each, on whatever machine


def test_an_answer_is_bounded_whatever_a_statement_returns(portal: Running) -> None:
    wide = "hex(zeroblob(4000))"
    status, body = inject(
        portal, f"SELECT * FROM ({ENDLESS} SELECT {wide}, x, {wide} FROM c LIMIT 1000)"
    )
    assert status == 200
    assert 80_000 < len(body) < 150_000


def test_the_connection_lets_a_statement_read_and_nothing_else(tmp_path: Path) -> None:
    code = (
        "import json, sys; from openrange.packs.webapp.database import Database, QueryError\n"
        "from openrange.packs.webapp.hiding import Hiding\n"
        "service, statements = json.load(sys.stdin)\n"
        "database = Database(service, Hiding())\n"
        "for statement in statements:\n"
        "    try:\n"
        "        print('done', database.rows(statement))\n"
        "    except QueryError as error:\n"
        "        print('refused', error)"
    )
    file = tmp_path / "stolen.db"
    (service,) = made("sql_injection/string")["services"]
    people = service["words"]["tables"]["people"]
    refused = [
        f"ATTACH DATABASE '{file}' AS stolen",
        "DETACH DATABASE main",
        f"VACUUM INTO '{file}'",
        "PRAGMA user_version",
        f"INSERT INTO {people} VALUES ('x', 'y', 'z', 'v', 'w')",
        f"UPDATE {people} SET rowid = 9",
        f"DELETE FROM {people}",
        f"DROP TABLE {people}",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x (y)",
        "BEGIN",
    ]
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps([service, [*refused, "SELECT 1"]]),
        capture_output=True,
        text=True,
        check=True,
    )
    *answers, last = done.stdout.splitlines()
    assert len(answers) == len(refused)
    assert all(answer.startswith("refused") for answer in answers)
    assert last == "done [(1,)]"
    assert not file.exists()


def test_a_reply_holds_a_bounded_number_of_rows(portal: Running) -> None:
    status, body = inject(portal, f"SELECT * FROM ({ENDLESS} SELECT x, '', '' FROM c LIMIT 1000)")
    assert status == 200
    assert body.count("<tr>") == 1 + 200


def test_values_that_are_no_text_are_shown_all_the_same(portal: Running) -> None:
    status, body = inject(portal, "SELECT NULL, x'ff41', CAST(x'ff42' AS TEXT)")
    assert status == 200
    assert "\ufffdA" in body
    assert "\ufffdB" in body


def test_the_passwords_of_colleagues_are_not_to_be_had(portal: Running) -> None:
    agent = portal.world["agent"]
    for account in portal.world["services"][0]["accounts"]:
        if account["login"] != agent["login"]:
            for guess in ("", account["login"], agent["password"]):
                assert not portal.client().sign_in(account["login"], guess)
