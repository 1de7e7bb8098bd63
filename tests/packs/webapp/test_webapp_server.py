from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from webapp_worlds import CONTEXTS, PACK, Running, made, running, with_doors

from openrange.packs.webapp.client import Client
from openrange.packs.webapp.world import World, door_of
from openrange.worlds.visitor import VisitError


@pytest.fixture(scope="module")
def portal() -> Iterator[Running]:
    with running(unnamed()) as world:
        yield world


@pytest.fixture(scope="module")
def sound(portal: Running) -> Iterator[Running]:
    """A portal whose sessions and whose search are sound."""
    with running(with_doors("path_traversal/plain", "search", "records", "console")) as world:
        yield world


def unnamed() -> World:
    """A world that says nothing of its software."""
    for seed in range(100):
        world = made("broken_function_authorization/cookie", seed=seed)
        if world["services"][0]["words"]["server"] == "":
            return world
    raise AssertionError("no such world")


def path_of(portal: Running, kind: str) -> str:
    door = door_of(portal.world["services"][0], kind)
    assert door is not None
    return f"/{door['path']}"


def ask(
    portal: Running, method: str = "GET", path: str = "/", **headers: str
) -> tuple[int, bytes, http.client.HTTPMessage]:
    """One request whose headers are under our control; underscores stand for dashes."""
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            if value:
                connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        reply = connection.getresponse()
        return reply.status, reply.read(), reply.headers
    finally:
        connection.close()


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "[::1]:{port}"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_request_for_another_host_is_refused(portal: Running, host: str, method: str) -> None:
    status, body, _ = ask(portal, method, Host=host.replace("{port}", str(portal.port)))
    assert status == 421
    assert b"About company" not in body


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}"])
def test_a_request_for_this_host_is_answered(portal: Running, host: str) -> None:
    status, body, _ = ask(portal, Host=host.replace("{port}", str(portal.port)))
    assert status == 200
    assert b"About company" in body


def test_a_reply_names_its_type_and_no_software_and_is_not_stored(portal: Running) -> None:
    _, body, headers = ask(portal)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Content-Length"] == str(len(body))
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in headers


def test_head_gets_the_headers_alone(portal: Running) -> None:
    status, body, headers = ask(portal, "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/" + "x" * 9_000, {}, 414),
        ("GET", "/" + "x" * 70_000, {}, 414),
        ("GET", "/?" + "a=1&" * 60, {}, 400),
        ("GET", "//evil.example/%00/../", {}, 404),
        ("BREW", "/", {}, 501),
        ("PUT", "/", {}, 405),
        ("POST", "/enter", {}, 411),
        ("POST", "/enter", {"Content_Length": "-1"}, 411),
        ("POST", "/enter", {"Content_Length": "0", "Transfer_Encoding": "chunked"}, 411),
        ("GET", "/", {f"X_{n}": "x" for n in range(120)}, 431),
    ],
)
def test_a_request_out_of_bounds_gets_a_page_that_says_so(
    portal: Running, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answered, body, reply = ask(portal, method, path, **headers)
    assert answered == status
    assert f">{status} ".encode() in body
    assert reply["Content-Type"] == "text/html; charset=utf-8"


def test_a_body_too_large_is_refused(portal: Running) -> None:
    assert portal.visitor().post("/", {"name": "x" * 100_000}).status == 413


def test_an_unknown_page_is_a_404_within_the_portal(sound: Running) -> None:
    for visitor in (sound.visitor(), sound.signed_in()):
        for path in ("/nowhere", f"{path_of(sound, 'sign_in')}/x", "/%E2%82%AC", "/%ff"):
            page = visitor.get(path)
            assert page.status == 404
            assert "About company" in page.body
    records = path_of(sound, "records")
    for path in (
        f"{path_of(sound, 'search')}/x",
        *(f"{records}/{e}" for e in ("x", "1/2/3", "%D9%A1")),
    ):
        assert sound.signed_in().get(path).status == 404


def test_the_doors_are_for_those_who_have_signed_in(portal: Running, sound: Running) -> None:
    for world in (portal, sound):
        for door in world.world["services"][0]["doors"]:
            if door["kind"] not in ("sign_in", "sign_out"):
                page = world.visitor().get(f"/{door['path']}")
                assert page.url.endswith(path_of(world, "sign_in"))


def test_a_wrong_password_does_not_sign_in(sound: Running) -> None:
    client = Client(sound.visitor(), sound.world, 0, "wrong")  # type: ignore[arg-type]
    assert not client.is_in
    assert client.visitor.replies[-1].status == 403
    assert client.visitor.post(path_of(sound, "sign_in"), {}).status == 403
    assert client.visitor.get(path_of(sound, "search")).url.endswith(path_of(sound, "sign_in"))


def test_signing_out_takes_a_form_and_ends_the_session(sound: Running) -> None:
    visitor, way_out = sound.signed_in(), path_of(sound, "sign_out")
    search = path_of(sound, "search")
    cookie = {"Cookie": "; ".join(f"{each.name}={each.value}" for each in visitor.cookies)}
    assert visitor.get(way_out).status == 200
    assert visitor.get(search).url.endswith(search)
    visitor.post(way_out, {})
    assert visitor.get(search).url.endswith(path_of(sound, "sign_in"))
    assert sound.visitor().get(search, headers=cookie).url.endswith(path_of(sound, "sign_in"))


def test_the_console_is_closed_to_an_employee(portal: Running, sound: Running) -> None:
    for world in (portal, sound):
        assert world.signed_in().get(path_of(world, "console")).status == 403


def test_where_records_are_sound_a_strangers_record_does_not_exist(sound: Running) -> None:
    client = sound.client()
    for record in client.service["records"]:
        page = client.record(record["id"], record["owner"])
        assert page.status == (200 if record["owner"] == client.login else 404)


def test_the_search_finds_people_by_name_and_title(sound: Running) -> None:
    found = sound.send("search", "people 1 name").body
    assert "About people 1 title" in found
    assert "About people 2 title" not in found
    assert "About people 2 title" in sound.send("search", "2 TITLE").body
    nothing = sound.world["services"][0]["words"]["phrases"]["nothing"]
    assert nothing in sound.send("search", "nobody at all").body
    assert 'value="&lt;b&gt;&quot;"' in sound.send("search", '<b>"').body


@pytest.mark.parametrize(
    "cookie", ["", "!", "bnVsbA", "W10", "x.y", "-", "id=1&role=2", "W1tb" * 200, "\xff"]
)
def test_a_cookie_of_nonsense_is_nobodys(cookie: str) -> None:
    for seed in range(8):
        world = made("broken_function_authorization/cookie", seed=seed)
        with running(world) as forged:
            name = forged.world["services"][0]["words"]["cookie"]
            headers = {"Cookie": f"{name}={cookie}"}
            page = forged.visitor().get(path_of(forged, "console"), headers=headers)
            assert page.url.endswith(path_of(forged, "sign_in"))


def test_many_may_ask_at_once(sound: Running) -> None:
    statuses: list[int] = []

    def visit() -> None:
        statuses.append(sound.send("search", "About").status)

    threads = [threading.Thread(target=visit) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 16


def test_the_process_ends_with_its_standard_input_and_says_nothing_more() -> None:
    with running() as portal:
        portal.signed_in()
        out, err = portal.process.communicate(timeout=30)
        assert (portal.process.returncode, out, err) == (0, b"", b"")


def test_the_process_ends_while_it_is_busy() -> None:
    endless = (
        "-1 UNION SELECT * FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
        "SELECT count(*), 1, 1, 1 FROM c) --"
    )
    for seed in range(100):
        world = made("sql_injection/number", seed=seed)
        if world["chain"][0]["facts"] == {"filter": "none", "parentheses": 0}:
            break
    with running(world) as portal:
        lost: list[str] = []

        def ask_endlessly(client: Client) -> None:
            try:
                while True:
                    client.send(client.door("lookup"), endless)
            except VisitError as error:
                lost.append(str(error))

        threads = [
            threading.Thread(target=ask_endlessly, args=(portal.client(),)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        portal.process.communicate(timeout=30)
        for thread in threads:
            thread.join(timeout=30)
        assert portal.process.returncode == 0
        assert len(lost) == 4


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json\n",
        b"[]\n",
        b'{"world": {}}\n',
        b'{"world": {}, "flag": "flag{0123}"}\n',
        b'{"world": {"chain": []}, "flag": 1}\n',
    ],
)
def test_a_wrong_first_line_is_an_error_that_repeats_none_of_it(line: bytes) -> None:
    done = subprocess.run(PACK.command(), input=line, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.startswith(b"expected one line of JSON on standard input")
    assert b"0123" not in done.stderr


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [("tables", "vault", "x (y); ATTACH"), ("columns", "value", "x TEXT); --")],
)
def test_a_world_that_was_tampered_with_cannot_add_sql(part: str, name: str, value: str) -> None:
    world = json.loads(json.dumps(made("sql_injection/string")))
    world["services"][0]["words"][part][name] = value
    line = json.dumps({"world": world, "flag": "flag{0123}"}).encode()
    done = subprocess.run(PACK.command(), input=line + b"\n", capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")


def test_the_flag_is_in_no_argument_and_no_variable_of_the_process(portal: Running) -> None:
    assert portal.flag not in " ".join(PACK.command())
    arguments = subprocess.run(
        ["ps", "eww", "-o", "args=", "-p", str(portal.process.pid)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "openrange.packs.webapp.serve" in arguments
    assert portal.flag not in arguments


def test_the_server_is_found_from_any_directory(tmp_path: Path) -> None:
    (tmp_path / "openrange.py").write_text("raise SystemExit('the wrong module')")
    line = json.dumps({"world": made("sql_injection/string"), "flag": "flag{}"})
    done = subprocess.run(
        PACK.command(), input=line.encode() + b"\n", cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["port"] > 0


def test_the_process_of_a_world_imports_nothing_that_it_does_not_need() -> None:
    code = (
        "import json, sys; from openrange.packs.webapp.portal import Portal\n"
        "import openrange.worlds.program\n"
        "portal = Portal(json.load(sys.stdin), 'flag{}')\n"
        "print(*sorted(sys.modules))"
    )
    for name in CONTEXTS:
        world = made(name)
        done = subprocess.run(
            [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"],
            input=json.dumps(world),
            capture_output=True,
            text=True,
            check=True,
        )
        loaded = set(done.stdout.split())
        assert "openrange.packs.webapp.doors.console" in loaded
        needless = {"typing", "dataclasses", "urllib.parse", "http.client", "yaml", "lazy_loader"}
        assert not needless & loaded
        assert not [each for each in loaded if each.startswith(("openrange.core", "openrange.llm"))]
