"""Command injection: a shell of our own, the door before it, and what each context takes."""

from __future__ import annotations

import pytest
from webapp_worlds import made, running, with_doors

from openrange.packs.webapp.weaknesses.command_injection._shell import LONGEST_OUTPUT, Shell
from openrange.worlds.visitor import WorldReply

FILES = {"/srv/a/public/one.txt": "first; $(pwd)\n", "/srv/a/keys/two.cfg": "second\n"}


def run(line: str) -> str:
    return Shell(FILES, "/srv/a/public/", lambda names: f"<{' '.join(names)}>").run(line)


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("ping -c1 box", "<box>"),
        ("ping 'a; pwd'", "<a; pwd>"),
        ("ping a; pwd", "<a>\n/srv/a/public"),
        ("nosuch && pwd || echo no", "sh: nosuch: not found\nno"),
        ("ls / | cat", "srv"),
        ("ls .. /srv/a/keys", "keys\npublic\ntwo.cfg"),
        ("cat<one.txt", "first; $(pwd)"),
        ("cat${IFS}../keys/two.cfg", "second"),
        ('echo "$(cat one.txt)" `echo x`', "first; $(pwd) x"),
        ("echo '", "sh: Syntax error: Unterminated quoted string"),
        ("echo $(pwd", "sh: Syntax error: end of file unexpected"),
        ("echo x > one.txt", "sh: cannot create: Read-only file system"),
        ("ls /srv/b", "ls: /srv/b: No such file or directory"),
    ],
)
def test_the_shell_does_what_a_shell_does(line: str, printed: str) -> None:
    assert run(line) == printed


@pytest.mark.parametrize(
    "line", ["$(" * 300, "`" * 301, "pwd;" * 100, "echo " + "$(echo " * 40 + ")" * 40, "'" * 399]
)
def test_the_shell_ends(line: str) -> None:
    assert run(line).startswith("sh: ")
    assert Shell({"/a": "x" * (LONGEST_OUTPUT + 1)}, "/", lambda _: "").run("cat a") == (
        "sh: too much output"
    )


def test_a_sound_test_of_a_machine_takes_names_alone() -> None:
    with running(with_doors("path_traversal/plain", "diagnose")) as world:
        internal = world.world["services"][0]["internal"]
        host = internal[0]["title"].partition("://")[2].strip("/")
        assert f"1 packet sent to {host}" in world.send("diagnose", host).body
        assert "Name or service not known" in world.send("diagnose", "nowhere").body
        for name in ("", "a; pwd", "$(pwd)", "-f", "a" * 5_000, "\0", "A B", "a\n"):
            page = world.send("diagnose", name)
            assert page.status == 200
            assert "not the name of a host" in page.body


def typed(context: str, *texts: str, **facts: str) -> list[WorldReply]:
    world = made(f"command_injection/{context}")
    world["chain"][0]["facts"] = facts
    with running(world) as portal:
        return [portal.send("diagnose", text) for text in texts]


def test_plain_keeps_to_the_separators_that_it_forgot() -> None:
    pages = typed("plain", "zz; echo a-b", "zz && echo a-b", "zz | echo a-b", filter="ampersand")
    assert ["<pre>a-b" in page.body or "\na-b" in page.body for page in pages] == [0, 0, 1]


def test_quoted_runs_nothing_before_its_quotes_are_ended() -> None:
    pages = typed("quoted", "zz; echo a-b", 'zz"; echo a-b "', "zz'; echo 'a-b", format="single")
    assert ["\na-b" in page.body for page in pages] == [False, False, True]


def test_substituted_takes_no_blanks_and_but_one_substitution() -> None:
    texts = "$(echo a-b)", "`echo${IFS}a-b`", "$(echo$IFS/a-b)"
    pages = typed("substituted", *texts, format="dollar", filter="none")
    assert ["ping: /a-b: " in page.body for page in pages] == [False, False, True]
    assert ["not the name" in page.body for page in pages] == [True, True, False]
