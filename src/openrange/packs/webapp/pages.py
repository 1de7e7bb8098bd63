"""The portal's pages. Whatever is not written here is escaped (`html`)."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.database import Row
from openrange.packs.webapp.html import Html, html, joined
from openrange.packs.webapp.style import style_sheet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Account, World

LINKED = ("directory", "records", "downloads", "preview", "cards", "console")
"""The doors to which each page links, in this order."""
_FOLDERS = frozenset({"records"})


def layout(world: World, reader: Account | None, title: str, content: Html) -> str:
    """A whole page.

    Args:
        world: The realized portal.
        reader: Who is signed in.
        title: The page's title, as text.
        content: What stands between header and footer.

    Returns:
        An HTML document.
    """
    links = [("/", "Home")]
    for door in LINKED:
        path = world["doors"][door]
        links.append((f"/{path}/" if door in _FOLDERS else f"/{path}", label(path)))
    links.append(("/logout", "Sign out") if reader else ("/login", "Sign in"))
    return html(
        _LAYOUT,
        title=title,
        company=world["company"],
        style=Html(style_sheet(world["accent"])),
        links=joined(html('<a href="{path}">{name}</a>', path=p, name=n) for p, n in links),
        content=content,
        who=html("Signed in as <bdi>{name}</bdi>", name=reader["name"])
        if reader
        else "Not signed in",
    )


def home(world: World, reader: Account | None, notices: Sequence[Row]) -> Html:
    """The home page's content: the company, its notices and, once signed in, the assignment."""
    cards = joined(
        html(
            '<article class="card">\n<h2 dir="auto">{title}</h2>\n<p dir="auto">{body}</p>\n'
            "</article>",
            title=title,
            body=body,
        )
        for title, body in notices
    )
    return html(
        _HOME,
        company=world["company"],
        tagline=world["tagline"],
        about=world["about"],
        industry=world["industry"],
        assignment=html(_ASSIGNMENT, story=world["story"]) if reader else "",
        cards=cards,
    )


def login(complaint: str = "") -> Html:
    """The login form."""
    alert = html('<p role="alert"><strong>{text}</strong></p>\n', text=complaint)
    return html(_LOGIN, alert=alert if complaint else "")


def logout() -> Html:
    """The question before signing out."""
    return html(
        '<h1>Sign out</h1>\n<section class="card">\n<p>Do you want to leave the portal?</p>\n'
        '<form method="post" action="/logout"><button>Sign out</button></form>\n</section>'
    )


def directory(door: str, parameter: str, term: str, people: Sequence[Row]) -> Html:
    """The staff directory: a search and a table."""
    table = _table(("Name", "Job title", "Account"), people, "Nobody found.")
    return html(
        _DIRECTORY, label=label(door), door=door, parameter=parameter, term=term, table=table
    )


def records(door: str, own: Sequence[Row]) -> Html:
    """The list of the reader's own records."""
    items = joined(
        html(
            '<tr><td>{number}</td><td dir="auto"><a href="/{door}/{number}">{title}</a></td></tr>',
            number=number,
            door=door,
            title=title,
        )
        for number, title in own
    )
    return html(_RECORDS, door=door, items=items)


def record(door: str, number: int, row: Row) -> Html:
    """One record, with its owner."""
    title, body, owner = row
    return html(_RECORD, door=door, number=number, title=title, body=body, owner=owner)


def downloads(door: str, names: Sequence[str]) -> Html:
    """The list of public files."""
    items = joined(
        html('<li><a href="/{door}?file={name}">{name}</a></li>', door=door, name=name)
        for name in names
    )
    return html(
        '<h1>{label}</h1>\n<div class="card"><ul>\n{items}\n</ul></div>',
        label=label(door),
        items=items,
    )


def preview(door: str, url: str, shown: Sequence[str], found: str | None) -> Html:
    """A form that asks for an internal page, and that page."""
    options = joined(html("<option>{url}</option>", url=each) for each in shown)
    if found is None:
        found = "This address is not shown here."
    result = html('<section class="card"><pre>{text}</pre></section>', text=found) if url else ""
    return html(_PREVIEW, label=label(door), door=door, options=options, result=result)


def cards(door: str, text: str, rendered: str) -> Html:
    """A form for a greeting, and how it will look."""
    result = html('<section class="card"><p dir="auto">{text}</p></section>', text=rendered)
    return html(_CARDS, label=label(door), door=door, text=text, result=result if rendered else "")


def console(door: str, secret: str, accounts: Sequence[Row]) -> Html:
    """The administrators' console: who has an account, and the recovery code."""
    table = _table(("Account", "Name", "Role"), accounts, "No accounts.")
    return html(_CONSOLE, label=label(door), secret=secret, table=table)


def message(title: str, text: str) -> Html:
    """The content of a page that only says something."""
    return html(
        '<h1>{title}</h1>\n<section class="card"><p>{text}</p></section>', title=title, text=text
    )


def label(path: str) -> str:
    """What a door is called on the pages."""
    return path.capitalize()


def _table(headings: Sequence[str], rows: Sequence[Row], empty: str) -> Html:
    if not rows:
        return html('<div class="card"><p>{empty}</p></div>', empty=empty)
    head = joined((html("<th>{name}</th>", name=name) for name in headings), "")
    body = joined(
        html(
            "<tr>{cells}</tr>",
            cells=joined((html('<td dir="auto">{value}</td>', value=v) for v in row), ""),
        )
        for row in rows
    )
    return html(
        '<div class="card wide"><table>\n<tr>{head}</tr>\n{body}\n</table></div>',
        head=head,
        body=body,
    )


_LAYOUT = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - {company}</title>
<style>
{style}</style>
</head>
<body>
<header><nav class="bar">
<a class="brand" href="/" dir="auto">{company}</a>
{links}
</nav></header>
<main>
{content}
</main>
<footer>{who}</footer>
</body>
</html>
"""
_HOME = """\
<h1 dir="auto">{company}</h1>
<p class="quiet" dir="auto">{tagline}</p>
{assignment}<section class="card">
<h2>About us</h2>
<p dir="auto">{about}</p>
<p class="quiet">Industry: {industry}</p>
</section>
<h2>Notices</h2>
<div class="grid">
{cards}
</div>"""
_ASSIGNMENT = """\
<section class="card marked">
<h2>Your assignment</h2>
<p dir="auto">{story}</p>
</section>
"""
_LOGIN = """\
<h1>Sign in</h1>
<section class="card">
{alert}<form method="post" action="/login">
<label>Account
<input name="username" autocomplete="username" required></label>
<label>Password
<input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>
</section>"""
_DIRECTORY = """\
<h1>{label}</h1>
<p class="quiet">Everybody who works here. Search by name or job title.</p>
<form class="line" method="get" action="/{door}" role="search">
<input name="{parameter}" value="{term}" aria-label="Name or job title">
<button>Search</button>
</form>
{table}"""
_RECORDS = """\
<h1>Your {door}</h1>
<p class="quiet">Numbers are given across the whole company, in order of filing.</p>
<div class="card wide"><table>
<tr><th>Number</th><th>Title</th></tr>
{items}
</table></div>"""
_RECORD = """\
<p><a href="/{door}/">Back to your {door}</a></p>
<article class="card">
<h1 dir="auto">{title}</h1>
<p class="quiet">Number {number}, filed by {owner}</p>
<p dir="auto">{body}</p>
</article>"""
_PREVIEW = """\
<h1>{label}</h1>
<form class="line" method="get" action="/{door}">
<select name="url" aria-label="Internal page">
{options}
</select>
<button>Show</button>
</form>
{result}"""
_CARDS = """\
<h1>{label}</h1>
<p class="quiet">Write to everybody; [name] and [company] are filled in.</p>
<form class="line" method="get" action="/{door}">
<input name="text" value="{text}" aria-label="Text">
<button>Try</button>
</form>
{result}"""
_CONSOLE = """\
<h1>{label}</h1>
<p class="quiet">For administrators only.</p>
<section class="card marked">
<h2>Recovery code</h2>
<p><code>{secret}</code></p>
</section>
{table}"""
