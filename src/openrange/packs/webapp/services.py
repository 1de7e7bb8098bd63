"""Draws the services of a world: who works there, which doors they have, what is called what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openrange.packs.webapp import choices, industries
from openrange.packs.webapp.industries import Industry
from openrange.packs.webapp.logins import logins
from openrange.packs.webapp.manuals import DEFAULTS
from openrange.packs.webapp.spellings import spelled
from openrange.packs.webapp.world import Account, Door, Gate, Item, Record, Service, Text
from openrange.worlds.draw import Draw

LARGEST_GAP = 3
"""Record numbers follow one another at most this far apart."""
OPTIONAL = (
    *("search", "lookup", "listing", "check", "records", "feed", "files", "preview"),
    *("console", "profile", "shop", "health", "diagnose", "label", "import", "codes"),
)
MORE_DOORS = (2, 4)
PROGRAMS = ("accept", "suffix", "post")
"""How programs ask for a record: with a header, with an ending, or by POST."""


def filled(draw: Draw, template: str, industry: Industry, nouns: Sequence[str]) -> str:
    """A template in the words of an industry.

    Args:
        draw: Chooses.
        template: With `{noun}`, `{other}`, `{customers}`, `{day}` and `{number}`.
        industry: Whose customers.
        nouns: Its nouns, and the design's own words.

    Returns:
        The text, which begins with a capital letter.
    """
    noun, other = draw.shuffled(nouns)[:2]
    text = template.format(
        noun=noun,
        other=other,
        customers=industry.customers,
        day=draw.pick(industries.DAYS),
        number=draw.number(2, 99),
    )
    return text[:1].upper() + text[1:]


def names_of_people(draw: Draw) -> list[str]:
    """Names of which no two have a part in common."""
    first, last = draw.shuffled(industries.FIRST_NAMES), draw.shuffled(industries.LAST_NAMES)
    return [" ".join(both) for both in zip(first, last, strict=False)]


def people(
    draw: Draw, given: Sequence[tuple[str, str]], count: int, industry: Industry
) -> list[Account]:
    """Those of a design, and as many more as it takes.

    Args:
        draw: Chooses.
        given: Name and job title of each, which are distinct.
        count: How many there are in all.
        industry: Whose job titles.

    Returns:
        The accounts; the second of them is an administrator.
    """
    taken = {name.casefold() for name, _ in given}
    others = [name for name in names_of_people(draw) if name.casefold() not in taken]
    names = [*(name for name, _ in given), *others][:count]
    titles = [title for _, title in given]
    titles += [draw.pick(industry.titles + industries.TITLES) for _ in names[len(titles) :]]
    return [
        {
            "login": login,
            "name": name,
            "title": title,
            "role": "administrator" if position == 1 else "employee",
            "unit": draw.pick(industries.DEPARTMENTS),
            "room": draw.pick(industries.ROOMS),
        }
        for position, (login, name, title) in enumerate(
            zip(logins(names), names, titles, strict=True)
        )
    ]


def service(
    draw: Draw,
    *,
    title: str,
    mount: str,
    reserved: Sequence[str],
    gate: Gate,
    secret: str,
    needs: Sequence[str],
    spellings: Sequence[str],
    needs_nesting: bool,
    sessions: Sequence[str],
    accounts: list[Account],
    owner: str,
    notices: list[Text],
    own: Sequence[Text],
    industry: Industry,
    nouns: Sequence[str],
) -> Service:
    """One service, of which nothing is weak yet.

    Args:
        draw: Chooses.
        title: What it is called.
        mount: Where it is.
        reserved: First parts of paths that no door may have, for other services are there.
        gate: How one gets in.
        secret: What is kept there.
        needs: The kinds of doors that it must have.
        spellings: How the ids of its records may be spelled.
        needs_nesting: Whether the address of a record has to name its owner.
        sessions: What its sessions may be like.
        accounts: Who works with it.
        owner: The account that owns the sealed record.
        notices: What everybody may read.
        own: Records of whoever passes the gate.
        industry: Its vocabulary.
        nouns: The words of its addresses.

    Returns:
        The service.
    """
    more = draw.about("more").shuffled([kind for kind in OPTIONAL if kind not in needs])
    kinds = [*needs, *more[: draw.number(*MORE_DOORS)]]
    words = _words(draw.about("words"), sessions)
    texts = draw.about("texts")
    spelling = draw.pick(spellings)
    words["spelling"] = spelling
    numbers = _numbers(draw.about("numbers"))
    others = [
        (
            texts.pick([each["login"] for each in accounts if each["login"] != gate["login"]]),
            filled(texts, title_, industry, nouns),
            filled(texts, body, industry, nouns),
            False,
        )
        for title_, body in texts.shuffled(industries.RECORDS)
    ]
    mine = [(gate["login"], each["title"], each["body"], False) for each in own]
    sealed = [(owner, f"Confidential: {secret}", "For the owner's eyes only.", True)]
    records: list[Record] = []
    for number, (login, title_, body, is_sealed) in zip(
        numbers, texts.shuffled(others + mine + sealed), strict=False
    ):
        records.append(
            {
                "number": number,
                "id": spelled(spelling, number, _digits(draw.about(f"id {number}"))),
                "owner": login,
                "title": title_,
                "body": body,
                "sealed": is_sealed,
            }
        )
    may_have_a_host = mount != "" and gate["kind"] != "address"
    doors = _doors(
        draw.about("doors"), kinds, nouns, reserved=reserved, needs_nesting=needs_nesting
    )
    return {
        "title": title,
        "mount": mount,
        "by_host": may_have_a_host and draw.about("host").number(0, 2) == 0,
        "gate": gate,
        "secret": secret,
        "doors": doors,
        "accounts": accounts,
        "records": records,
        "items": _items(draw.about("items"), nouns),
        "notices": [*notices, _contact(words, accounts)],
        "files": _files(draw.about("files"), words, industry, nouns, accounts),
        "internal": _internal(draw.about("internal"), words, industry, nouns),
        "words": words,
    }


def _digits(draw: Draw) -> str:
    return "".join(f"{draw.number(0, 15):x}" for _ in range(32))


def _contact(words: Mapping[str, Any], accounts: Sequence[Account]) -> Text:
    """Whom to ask: it says what the role is called that may open everything."""
    name = next(each["name"] for each in accounts if each["role"] == "administrator")
    role = words["roles"]["administrator"]
    return {"title": "Accounts", "body": f"Ask {name}, who is the {role} of this site."}


def _numbers(draw: Draw) -> list[int]:
    number = draw.number(100, 89_999)
    numbers = []
    for _ in range(16):
        number += draw.number(1, LARGEST_GAP)
        numbers.append(number)
    return numbers


def _words(draw: Draw, sessions: Sequence[str]) -> dict[str, Any]:
    columns = {name: draw.pick(called) for name, called in choices.COLUMNS.items()}
    tables = {name: draw.pick(called) for name, called in choices.TABLES.items()}
    mark = draw.pick(("", "", f"_{draw.number(2, 40)}", "_v2", "_main"))
    vault = f"{tables['vault']}_{draw.pick(choices.PASSWORD_WORDS)}"
    employee, administrator = draw.pick(choices.ROLES)
    return {
        "cookie": f"{draw.pick(choices.COOKIES)}{draw.pick(('', '_id', '_key', '2'))}",
        "roles": {"employee": employee, "administrator": administrator},
        "tables": {**{n: f"{t}{mark}" for n, t in tables.items()}, "vault": vault},
        "columns": columns,
        "layout": draw.pick(choices.LAYOUTS),
        "list": draw.pick(choices.LISTS),
        "tags": list(draw.pick(choices.TAGS)),
        "phrases": {name: draw.pick(said) for name, said in choices.WORDS_FOR.items()},
        "product": draw.pick(choices.PRODUCTS),
        "default": draw.pick(sorted(DEFAULTS)),
        "release": f"{draw.number(1, 9)}.{draw.number(0, 19)}",
        "server": draw.pick(("nginx", "Caddy", "", "lighttpd", "h2o")),
        "root": f"/{draw.pick(('srv', 'var', 'opt', 'data'))}/{draw.pick(choices.PASSWORD_WORDS)}",
        "folder": draw.pick(choices.FOLDERS),
        "private": draw.pick(choices.PRIVATE),
        "file": f"{draw.pick(choices.PASSWORD_WORDS)}-{draw.number(10, 99)}",
        "ending": draw.pick(choices.KINDS_OF_FILES),
        "suffix": draw.pick(("internal", "lan", "corp", "local")),
        "sessions": draw.pick(sessions),
    }


def _doors(
    draw: Draw,
    kinds: Sequence[str],
    nouns: Sequence[str],
    *,
    reserved: Sequence[str],
    needs_nesting: bool,
) -> list[Door]:
    taken = {"robots.txt", *reserved}
    doors: list[Door] = []
    for kind in [*draw.shuffled(kinds), "sign_in", "sign_out"]:
        path = draw.pick(choices.PATHS[kind])
        if kind != "sign_out" and draw.number(0, 2) == 0:
            path = f"{draw.pick(nouns)}-{path}"
        while path in taken:
            path += draw.pick("abcdefgh")
        taken.add(path)
        facts: dict[str, Any] = {}
        if kind == "search":
            facts["shown"] = draw.shuffled(list(choices.SHOWN))[: draw.number(2, 5)]
        elif kind == "records":
            in_path = draw.number(0, 1) == 1 or needs_nesting
            facts = {
                "in_path": in_path,
                "nested": in_path and (needs_nesting or draw.number(0, 2) == 0),
                "programs": draw.pick(PROGRAMS),
            }
        elif kind == "sign_in":
            facts["secret"] = draw.pick(choices.PASSWORD_FIELDS)
        elif kind == "codes":
            facts["code"] = draw.pick(("code", "onetime", "digits", "voucher"))
        elif kind == "profile":
            facts["role"] = draw.pick(("role", "level", "group", "access", "tier", "rank", "kind"))
        elif kind == "health":
            facts["in_path"] = draw.number(0, 1) == 1
        elif kind == "shop":
            facts = _shop(draw)
        doors.append(
            {
                "kind": kind,
                "path": path,
                "method": draw.pick(choices.METHODS.get(kind, ("GET",))),
                "parameter": draw.pick(choices.PARAMETERS[kind]),
                "facts": facts,
            }
        )
    return doors


def _shop(draw: Draw) -> dict[str, Any]:
    """A budget, what is beyond it, a voucher that does not make up for that, and two steps."""
    budget = 2 * draw.number(30, 90)
    return {
        "budget": budget,
        "dear": budget * draw.number(3, 5) - draw.number(1, 9),
        "amount": draw.pick(("amount", "quantity", "count", "qty")),
        "voucher": draw.pick(("voucher", "coupon", "credit", "promo")),
        "code": f"{draw.pick(choices.PASSWORD_WORDS).upper()}-{draw.number(10, 99)}",
        "steps": [
            draw.pick(("approve", "confirm", "checkout", "submit")),
            draw.pick(("receipt", "collect", "pickup", "delivery")),
        ],
    }


def _items(draw: Draw, nouns: Sequence[str]) -> list[Item]:
    number, items = draw.number(10, 900), []
    for word in draw.shuffled(choices.PASSWORD_WORDS)[: draw.number(6, 12)]:
        number += draw.number(1, 9)
        item: Item = {
            "number": number,
            "name": f"{word} {draw.pick(nouns)}",
            "state": draw.pick(choices.STATES),
            "amount": draw.number(1, 400),
        }
        items.append(item)
    # The first by name is not the first by amount as well, so that the order of a list tells.
    first = min(items, key=lambda each: each["name"])
    first["amount"] += 400
    return items


def _files(
    draw: Draw,
    words: Mapping[str, Any],
    industry: Industry,
    nouns: Sequence[str],
    accounts: Sequence[Account],
) -> list[Text]:
    files: list[Text] = [
        {
            "title": f"{filled(draw, name, industry, nouns).lower()}.txt",
            "body": filled(draw, body, industry, nouns),
        }
        for name, body in draw.shuffled(industries.FILES)[: draw.number(2, 4)]
    ]
    about = (
        f"Everything in {words['root']}/{words['folder']} is published. Beside it, the folder "
        f"{words['private']} is for the management; what is guarded stands there in "
        f"{words['file']}, a file of the kind {words['ending']}."
    )
    product = words["product"]
    manual = (
        f"{product} {words['release']}. The first account is that of whoever sets it up "
        f"({accounts[-1]['login']}). Its password is {DEFAULTS[words['default']]}, which is to be "
        "changed."
    )
    files.append({"title": f"about-this-{draw.pick(('folder', 'place'))}.txt", "body": about})
    files.append({"title": f"{product.lower()}-manual.txt", "body": manual})
    return draw.shuffled(files)


def _internal(
    draw: Draw, words: Mapping[str, Any], industry: Industry, nouns: Sequence[str]
) -> list[Text]:
    """Pages of internal services: two that are shown, and last the one that is not."""
    end = words["suffix"]
    first, second = draw.shuffled(choices.HOSTS)[:2]
    host, port, page = draw.pick(choices.HIDDEN_HOSTS), draw.number(2000, 9999), draw.pick(nouns)
    told = f"All are up. Behind {host}, at port {port}, {page} is the page to look at."
    notice, _ = draw.pick(industries.NOTICES)
    return [
        {"title": f"http://{first}.{end}/", "body": filled(draw, notice, industry, nouns)},
        {"title": f"http://{second}.{end}/", "body": told},
        {"title": f"http://{host}.{end}:{port}/{page}", "body": ""},
    ]
