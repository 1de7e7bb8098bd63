"""The pages of a service. Whatever is not written here is escaped (`html`)."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.html import Html, html, joined
from openrange.packs.webapp.style import style_sheet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from openrange.packs.webapp.world import Account, World


class Frame:
    """What all pages of a service have around their content.

    Args:
        brand: What the service is called.
        base: What stands before each of its paths.
        accent: The name of its colour.
        words: What is drawn for it: its layout and its tags.
        links: Where its pages link to, by path and name.
    """

    def __init__(
        self,
        brand: str,
        base: str,
        accent: str,
        words: Mapping[str, Any],
        links: Sequence[tuple[str, str]],
    ) -> None:
        self.brand = brand
        self.base = base
        self.accent = accent
        self.words = words
        self.links = links


def layout(frame: Frame, reader: Account | None, title: str, parts: Sequence[Html]) -> str:
    """A whole page, with the parts of it where this service has them.

    Args:
        frame: What stands around it.
        reader: Who is signed in.
        title: The page's title, as text.
        parts: What stands between header and footer.

    Returns:
        An HTML document.
    """
    heading, tag = frame.words["tags"]
    links = [html('<a href="{to}">{name}</a>', to=to, name=name) for to, name in frame.links]
    nav = html('<nav class="bar">\n{links}\n</nav>', links=joined(links))
    home = f"{frame.base}/"
    brand = html('<a class="brand" href="{to}" dir="auto">{name}</a>', to=home, name=frame.brand)
    who = html("Signed in as <bdi>{name}</bdi>", name=reader["name"]) if reader else "Not signed in"
    place = frame.words["layout"]
    return html(
        _LAYOUT,
        title=title,
        company=frame.brand,
        style=Html(style_sheet(frame.accent)),
        head=joined([brand, *([nav] if place == "top" else [])]),
        side=nav if place == "side" else "",
        heading=html(f'<{heading} dir="auto">{{title}}</{heading}>', title=title),
        content=joined(_framed(tag, part) for part in parts),
        foot=joined([*([nav] if place == "foot" else []), html("<p>{who}</p>", who=who)]),
    )


def _framed(tag: str, part: Html) -> Html:
    if part.startswith("<!--"):
        return part
    look = "wide" if part.startswith("<table") else "card"
    return html(f'<{tag} class="{{look}}">\n{{part}}\n</{tag}>', look=look, part=part)


def about(world: World, title: str) -> Html:
    """What the company, or a service of it, is."""
    if title:
        return html("<p>{title} of {company}.</p>", title=title, company=world["company"])
    return html(
        '<p class="quiet" dir="auto">{tagline}</p>\n<p dir="auto">{about}</p>',
        tagline=world["tagline"],
        about=world["about"],
    )


def article(title: str, body: str, quiet: str = "") -> Html:
    """A text with a title."""
    note = html('<p class="quiet">{quiet}</p>\n', quiet=quiet) if quiet else ""
    return html(
        '<h3 dir="auto">{title}</h3>\n{note}<p dir="auto">{body}</p>',
        title=title,
        note=note,
        body=body,
    )


def message(text: str) -> Html:
    """A sentence."""
    return html('<p dir="auto">{text}</p>', text=text)


def rows(
    words: Mapping[str, Any], headings: Sequence[str], found: Sequence[Sequence[object]]
) -> Html:
    """Rows of values, in the form that this service gives to all of them."""
    if not found:
        return message(words["phrases"]["nothing"])
    look = words["list"]
    if look == "table":
        head = joined((html("<th>{name}</th>", name=name) for name in headings), "")
        body = joined(html("<tr>{cells}</tr>", cells=_cells("td", row)) for row in found)
        return html("<table>\n<tr>{head}</tr>\n{body}\n</table>", head=head, body=body)
    if look == "list":
        items = joined(html("<li>{cells}</li>", cells=_cells("span", row)) for row in found)
        return html("<ul>\n{items}\n</ul>", items=items)
    return joined(html("<dl>{cells}</dl>", cells=_named(headings, row)) for row in found)


def _cells(tag: str, row: Sequence[object]) -> Html:
    cells = (html(f'<{tag} dir="auto">{{value}}</{tag}>', value=value) for value in row)
    return joined(cells, " " if tag == "span" else "")


def _named(headings: Sequence[str], row: Sequence[object]) -> Html:
    names = [*headings, *[""] * len(row)]
    return joined(
        (
            html('<dt>{name}</dt><dd dir="auto">{value}</dd>', name=name, value=value)
            for name, value in zip(names, row, strict=False)
        ),
        "",
    )


def form(path: str, method: str, parameter: str, values: Sequence[str], button: str) -> Html:
    """A form of one field; or, where it takes JSON, a word on how to send that.

    Args:
        path: Where it goes.
        method: GET, POST or JSON.
        parameter: The field's name.
        values: What stands in it; several are a choice.
        button: What the button says.

    Returns:
        The form.
    """
    if method == "JSON":
        offered = joined((html(" <code>{value}</code>", value=v) for v in values if v), "")
        return html(
            '<p>POST to <code>{path}</code>, as JSON: <code>{{"{parameter}": "..."}}</code>'
            "{offered}</p>",
            path=path,
            parameter=parameter,
            offered=offered,
        )
    if len(values) > 1:
        options = joined((html("<option>{value}</option>", value=value) for value in values), "")
        field = html('<select name="{name}">{options}</select>', name=parameter, options=options)
    else:
        value = values[0] if values else ""
        field = html(
            '<input name="{name}" value="{value}" aria-label="{name}">', name=parameter, value=value
        )
    return html(
        '<form class="line" method="{method}" action="{path}">\n{field}\n'
        "<button>{button}</button>\n</form>",
        method=method.lower(),
        path=path,
        field=field,
        button=button,
    )


def hidden(path: str, parameter: str, value: str) -> Html:
    """A form of a button alone, with a field that is not shown."""
    return html(
        '<form method="post" action="{path}"><input type="hidden" name="{name}" value="{value}">'
        "<button>Try again</button></form>",
        path=path,
        name=parameter,
        value=value,
    )


def comment(text: str) -> Html:
    """What only the page's source shows."""
    return html("<!-- {text} -->", text=text.replace("--", ""))


def login(path: str, account: str, password: str) -> Html:
    """The login form."""
    return html(_LOGIN, path=path, account=account, password=password)


def logout(path: str) -> Html:
    """The question before signing out."""
    return html(
        '<p>Do you want to leave?</p>\n<form method="post" action="{path}">'
        "<button>Sign out</button></form>",
        path=path,
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
<header>{head}</header>
{side}
<main>
{heading}
{content}
</main>
<footer>{foot}</footer>
</body>
</html>
"""
_LOGIN = """\
<form method="post" action="{path}">
<label>Account
<input name="{account}" autocomplete="username" required></label>
<label>Password
<input name="{password}" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>"""
