"""What the model decides about a portal: the schema of a design, and the words that explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.core.manifest import Manifest
from openrange.errors import ManifestError
from openrange.packs.webapp.choices import (
    ACCENTS,
    CONSOLE_PATHS,
    DIRECTORY_PATHS,
    INDUSTRIES,
    RECORDS_PATHS,
    SEARCH_PARAMETERS,
)
from openrange.packs.webapp.weaknesses import OTHERS, context, contexts_of

NAME, TITLE, HEADLINE, MOTTO, PARAGRAPH, ESSAY = 40, 50, 60, 100, 200, 400
"""Greatest lengths of the free text, in characters. The briefing says them, and `realize` cuts what
is longer: with `maxLength` in the schema, no provider would take it for strict structured output.
"""


def allowed_weaknesses(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """The classes of weakness that a design may choose, and the contexts that may be drawn.

    Args:
        manifest: Its `pack.options` may hold `weaknesses`, a list of classes, and of contexts as
            `class/context`. Without it, the pack's own are allowed: what else is installed has to
            be named, so that a world does not change with what is installed.

    Returns:
        Names of contexts by names of classes.

    Raises:
        ManifestError: An option or a name is unknown, or the list is none or empty.
    """
    for key in manifest.pack.options:
        if key != "weaknesses":
            raise ManifestError(
                f"manifest: the pack 'webapp' has no option {key!r}; it takes weaknesses"
            )
    ours = contexts_of()
    if "weaknesses" not in manifest.pack.options:
        return ours
    wanted = manifest.pack.options["weaknesses"]
    known = ", ".join(ours)
    if not isinstance(wanted, list | tuple) or not wanted:
        raise ManifestError(
            f"manifest: pack.options.weaknesses must be a list of at least one of {known}"
        )
    others = contexts_of(OTHERS)
    allowed: dict[str, set[str]] = {}
    for name in wanted:
        weakness, _, single = name.partition("/") if isinstance(name, str) else ("", "", "")
        there = {*ours.get(weakness, ()), *others.get(weakness, ())}
        if not there or (single and single not in there):
            raise ManifestError(
                f"manifest: pack.options.weaknesses has no class {name!r}; it takes {known}"
                + "".join(f", {c}/{each}" for c, names in others.items() for each in names)
            )
        allowed.setdefault(weakness, set()).update(
            [single] if single else ours.get(weakness, there)
        )
    return {name: tuple(sorted(allowed[name])) for name in sorted(allowed)}


def design_schema(manifest: Manifest) -> dict[str, object]:
    """The JSON Schema of a design.

    It uses the plainest keywords alone, so that every provider's structured output, and a local
    model's grammar, can follow it, and strict structured output takes it as it is.

    Args:
        manifest: What the user wants.

    Returns:
        A schema whose root is an object.

    Raises:
        ManifestError: The manifest's options are wrong.
    """
    paragraph = _object(title=_TEXT, body=_TEXT)
    return _object(
        company=_TEXT,
        industry=_one_of(INDUSTRIES),
        tagline=_TEXT,
        about=_TEXT,
        accent=_one_of(tuple(ACCENTS)),
        employees=_exactly(3, _object(name=_TEXT, title=_TEXT)),
        notices=_exactly(2, paragraph),
        records=_exactly(3, paragraph),
        directory_path=_one_of(DIRECTORY_PATHS),
        search_parameter=_one_of(SEARCH_PARAMETERS),
        records_path=_one_of(RECORDS_PATHS),
        console_path=_one_of(CONSOLE_PATHS),
        weakness=_one_of(list(allowed_weaknesses(manifest))),
        story=_TEXT,
    )


def briefing(manifest: Manifest) -> str:
    """The system message: what a design is, slot by slot.

    Args:
        manifest: What the user wants.

    Returns:
        Text for the model, without the goal, the seed or the schema.

    Raises:
        ManifestError: The manifest's options are wrong.
    """
    weaknesses = "\n".join(
        f"  - {name}: {' or '.join(context(name, each).FOR_MODELS for each in names)}"
        for name, names in allowed_weaknesses(manifest).items()
    )
    return _BRIEFING.format(
        weaknesses=weaknesses,
        industries=", ".join(INDUSTRIES),
        accents=", ".join(ACCENTS),
        name=NAME,
        title=TITLE,
        headline=HEADLINE,
        motto=MOTTO,
        paragraph=PARAGRAPH,
        essay=ESSAY,
    )


_TEXT: Mapping[str, object] = {"type": "string"}

_BRIEFING = """\
You design the internal web portal of a small, fictional company, for a security exercise. Your \
design is data: one JSON object. Trusted code builds the portal from it, plants one weakness, and \
hides a secret there. You write no code.

The portal has a home page with notices, a staff directory with a search, a list of the reader's \
own records, and a console for administrators.

Slots of free text, all of it plain text that fits the goal (no HTML, no Markdown, no code). The \
number behind each is how many characters it may have; the rest is cut off:
- company ({headline}), tagline ({motto}), about ({essay}): the company's name, its motto, and a \
paragraph about it.
- employees: three people with name ({name}) and job title ({title}). The first is the person \
whose account the trainee borrows, the second is a colleague, the third administers the portal.
- notices: two announcements for everybody, with title ({headline}) and body ({paragraph}).
- records: three ordinary files of the first employee, with title ({headline}) and body \
({paragraph}).
- story ({essay}): who the trainee is and why they look at the portal, addressed to them as "you".

Choices: industry ({industries}), accent (the colour of the pages: {accents}), directory_path, \
search_parameter, records_path and console_path (names in the URLs, from the lists in the schema), \
and weakness:
{weaknesses}

Never mention a flag, a password, or a secret code, and never say or hint where the portal is \
weak: the trainee has to find out. Give everybody a different name. Keep every text short.\
"""


def _one_of(choices: Sequence[str]) -> dict[str, object]:
    return {"type": "string", "enum": list(choices)}


def _exactly(count: int, items: Mapping[str, object]) -> dict[str, object]:
    return {"type": "array", "items": dict(items), "minItems": count, "maxItems": count}


def _object(**properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {name: dict(schema) for name, schema in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }
