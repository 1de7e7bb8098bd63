"""The portal's pages as HTML. Whatever is not written here passes through `html.escape`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from http import HTTPStatus

from openrange.packs.webapp.database import Row, Value
from openrange.packs.webapp.style import style_sheet
from openrange.packs.webapp.world import Account, World


def layout(world: World, reader: Account | None, title: str, content: str) -> str:
    """A whole page.

    Args:
        world: The realized portal.
        reader: Who is signed in.
        title: The page's title, as text.
        content: What stands between header and footer, as HTML.

    Returns:
        An HTML document.
    """
    doors = world["doors"]
    links = [("/", "Home"), (f"/{doors['directory']}", label(doors["directory"]))]
    links.append((f"/{doors['records']}/", label(doors["records"])))
    links.append((f"/{doors['console']}", label(doors["console"])))
    links.append(("/logout", "Sign out") if reader else ("/login", "Sign in"))
    navigation = "\n".join(f'<a href="{_text(path)}">{_text(name)}</a>' for path, name in links)
    who = f"Signed in as {_bidi(reader['name'])}" if reader else "Not signed in"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(title)} - {_text(world["company"])}</title>
<style>
{style_sheet(world["accent"])}</style>
</head>
<body>
<header><nav class="bar">
<a class="brand" href="/" dir="auto">{_text(world["company"])}</a>
{navigation}
</nav></header>
<main>
{content}
</main>
<footer>{who}</footer>
</body>
</html>
"""


def home(world: World, reader: Account | None, notices: Sequence[Row]) -> str:
    """The home page's content: the company, its notices and, once signed in, the assignment."""
    cards = "\n".join(
        f'<article class="card">\n<h2 dir="auto">{_text(title)}</h2>\n'
        f'<p dir="auto">{_text(body)}</p>\n</article>'
        for title, body in notices
    )
    assignment = ""
    if reader:
        assignment = (
            '<section class="card marked">\n<h2>Your assignment</h2>\n'
            f'<p dir="auto">{_text(world["story"])}</p>\n</section>\n'
        )
    return f"""<h1 dir="auto">{_text(world["company"])}</h1>
<p class="quiet" dir="auto">{_text(world["tagline"])}</p>
{assignment}<section class="card">
<h2>About us</h2>
<p dir="auto">{_text(world["about"])}</p>
<p class="quiet">Industry: {_text(world["industry"])}</p>
</section>
<h2>Notices</h2>
<div class="grid">
{cards}
</div>"""


def login(message: str = "") -> str:
    """The login form."""
    complaint = f'<p role="alert"><strong>{_text(message)}</strong></p>\n' if message else ""
    return f"""<h1>Sign in</h1>
<section class="card">
{complaint}<form method="post" action="/login">
<label>Account
<input name="username" autocomplete="username" required></label>
<label>Password
<input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>
</section>"""


def logout() -> str:
    """The question before signing out, so that following a link does not end a session."""
    return """<h1>Sign out</h1>
<section class="card">
<p>Do you want to leave the portal?</p>
<form method="post" action="/logout"><button>Sign out</button></form>
</section>"""


def directory(world: World, term: str, people: Sequence[Row]) -> str:
    """The staff directory: a search and a table."""
    door, parameter = world["doors"]["directory"], world["doors"]["parameter"]
    return f"""<h1>{_text(label(door))}</h1>
<p class="quiet">Everybody who works here. Search by name or job title.</p>
<form class="line" method="get" action="/{_text(door)}" role="search">
<input name="{_text(parameter)}" value="{_text(term)}" aria-label="Name or job title">
<button>Search</button>
</form>
{_table(("Name", "Job title", "Account"), people, "Nobody found.")}"""


def records(world: World, own: Sequence[Row]) -> str:
    """The list of the reader's own records."""
    door = world["doors"]["records"]
    items = "\n".join(
        f'<tr><td>{_text(number)}</td><td dir="auto">'
        f'<a href="/{_text(door)}/{_text(number)}">{_text(title)}</a></td></tr>'
        for number, title in own
    )
    return f"""<h1>Your {_text(door)}</h1>
<p class="quiet">Numbers are given across the whole company, in order of filing.</p>
<div class="card wide"><table>
<tr><th>Number</th><th>Title</th></tr>
{items}
</table></div>"""


def record(world: World, number: int, row: Row) -> str:
    """One record, with its owner."""
    title, body, owner = row
    door = world["doors"]["records"]
    return f"""<p><a href="/{_text(door)}/">Back to your {_text(door)}</a></p>
<article class="card">
<h1 dir="auto">{_text(title)}</h1>
<p class="quiet">Number {number}, filed by {_text(owner)}</p>
<p dir="auto">{_text(body)}</p>
</article>"""


def console(world: World, secret: str, accounts: Sequence[Row]) -> str:
    """The administrators' console: who has an account, and the recovery code."""
    return f"""<h1>{_text(label(world["doors"]["console"]))}</h1>
<p class="quiet">For administrators only.</p>
<section class="card marked">
<h2>Recovery code</h2>
<p><code>{_text(secret)}</code></p>
</section>
{_table(("Account", "Name", "Role"), accounts, "No accounts.")}"""


def message(title: str, text: str) -> str:
    """The content of a page that only says something."""
    return f'<h1>{_text(title)}</h1>\n<section class="card"><p>{_text(text)}</p></section>'


def bare(status: HTTPStatus) -> str:
    """A page for requests that are refused before the portal sees them: it tells nothing of it."""
    title = _text(f"{status.value} {status.phrase}")
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n<body><h1>{title}</h1></body>\n</html>\n"
    )


def label(path: str) -> str:
    """What a door is called on the pages."""
    return path.capitalize()


def _table(headings: Sequence[str], rows: Sequence[Row], empty: str) -> str:
    if not rows:
        return f'<div class="card"><p>{_text(empty)}</p></div>'
    head = "".join(f"<th>{_text(each)}</th>" for each in headings)
    body = "\n".join(
        "<tr>" + "".join(f'<td dir="auto">{_text(value)}</td>' for value in row) + "</tr>"
        for row in rows
    )
    return f'<div class="card wide"><table>\n<tr>{head}</tr>\n{body}\n</table></div>'


def _bidi(value: Value) -> str:
    """Text of unknown direction within an English sentence."""
    return f"<bdi>{_text(value)}</bdi>"


def _text(value: Value) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return "" if value is None else escape(str(value))
