"""The look of the pages: one small style sheet, with the accent colour of the design."""

from __future__ import annotations

from openrange.packs.webapp.choices import ACCENTS


def style_sheet(accent: str) -> str:
    """The style sheet of a portal.

    Args:
        accent: A name from `ACCENTS`.

    Returns:
        CSS, for a `style` element.
    """
    return f":root {{ --accent: {ACCENTS[accent]}; }}\n{_RULES}"


_RULES = """\
* { box-sizing: border-box; }
body { margin: 0; background: #f4f5f7; color: #1d2430; line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--accent); }
header { background: var(--accent); color: #fff; }
header a { color: #fff; text-decoration: none; }
header a:hover { text-decoration: underline; }
.bar { max-width: 60rem; margin: 0 auto; padding: .9rem 1.2rem; display: flex; flex-wrap: wrap;
  gap: .4rem 1.4rem; align-items: baseline; }
.brand { font-weight: 700; font-size: 1.15rem; margin-right: auto; overflow-wrap: anywhere; }
main { max-width: 60rem; margin: 0 auto; padding: 1.6rem 1.2rem; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 .4rem; overflow-wrap: anywhere; }
p { margin: 0 0 .8rem; overflow-wrap: anywhere; }
.quiet { color: #5b6472; }
.card { background: #fff; border: 1px solid #dfe3e8; border-radius: .5rem; padding: 1.1rem 1.2rem;
  margin: 1rem 0; }
.marked { border-left: .3rem solid var(--accent); }
.grid { display: grid; gap: 0 1rem; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .7rem; border-bottom: 1px solid #dfe3e8; }
th { color: #5b6472; font-size: .85rem; }
form.line { display: flex; gap: .5rem; flex-wrap: wrap; }
label { display: block; margin-bottom: .8rem; max-width: 22rem; }
input { font: inherit; width: 100%; padding: .45rem .6rem; border: 1px solid #b9c0ca;
  border-radius: .35rem; }
form.line input { flex: 1 1 12rem; width: auto; }
button { font: inherit; padding: .45rem 1rem; border: 0; border-radius: .35rem; cursor: pointer;
  background: var(--accent); color: #fff; }
code { background: #eef0f3; padding: .1rem .35rem; border-radius: .25rem; overflow-wrap: anywhere; }
footer { max-width: 60rem; margin: 0 auto; padding: 0 1.2rem 2rem; color: #5b6472;
  font-size: .85rem; }
"""
