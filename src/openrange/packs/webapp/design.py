"""What the model decides about a world: the schema of a design, and the words that explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.core.manifest import Manifest
from openrange.errors import ManifestError
from openrange.packs.webapp import industries
from openrange.packs.webapp.choices import ACCENTS, MAX_DIFFICULTY
from openrange.packs.webapp.industries import INDUSTRIES, told_by
from openrange.packs.webapp.structure import SPLITS
from openrange.packs.webapp.weaknesses import OTHERS, context, contexts_of

NAME, TITLE, HEADLINE, MOTTO, PARAGRAPH, ESSAY, WORD = 40, 50, 60, 100, 200, 400, 16
"""Greatest lengths of the free text, in characters. The briefing says them, and `realize` cuts what
is longer: with `maxLength` in the schema, no provider would take it for strict structured output.
"""

OPTIONS = ("difficulty", "industry", "split", "weaknesses")


def difficulty_of(manifest: Manifest) -> int:
    """How many links the chain of a world has.

    Raises:
        ManifestError: The option is none from 1 to 4.
    """
    wanted = manifest.pack.options.get("difficulty", 1)
    if isinstance(wanted, int) and not isinstance(wanted, bool) and 1 <= wanted <= MAX_DIFFICULTY:
        return wanted
    raise ManifestError(
        f"manifest: pack.options.difficulty must be a number from 1 to {MAX_DIFFICULTY}"
    )


def split_of(manifest: Manifest) -> str | None:
    """Which half of all structures a world has to be of, if it matters.

    Raises:
        ManifestError: The option is none of them.
    """
    return _one_of_option(manifest, "split", SPLITS)


def industry_of(manifest: Manifest) -> str | None:
    """The industry that the manifest asks for, or tells by the words of its goal.

    Raises:
        ManifestError: The option is none that is known.
    """
    return _one_of_option(manifest, "industry", tuple(INDUSTRIES)) or told_by(manifest.goal)


def _one_of_option(manifest: Manifest, name: str, known: Sequence[str]) -> str | None:
    wanted = manifest.pack.options.get(name)
    if wanted is None or (isinstance(wanted, str) and wanted in known):
        return wanted
    raise ManifestError(f"manifest: pack.options.{name} must be one of {', '.join(known)}")


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
        if key not in OPTIONS:
            raise ManifestError(
                f"manifest: the pack 'webapp' has no option {key!r}; it takes {', '.join(OPTIONS)}"
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
    model's grammar, can follow it, and strict structured output takes it as it is. The `examples`
    are for `offline`; no provider is sent them.

    Args:
        manifest: What the user wants.

    Returns:
        A schema whose root is an object.

    Raises:
        ManifestError: The manifest's options are wrong.
    """
    industry = industry_of(manifest)
    split_of(manifest)
    known = INDUSTRIES[industry or list(INDUSTRIES)[-1]]

    def said(templates: Sequence[str]) -> Mapping[str, object]:
        nouns = known.nouns
        filled = [
            each.format(
                noun=nouns[n % len(nouns)],
                other=nouns[(n + 3) % len(nouns)],
                customers=known.customers,
                day=industries.DAYS[n % len(industries.DAYS)],
                number=n + 4,
            )
            for n, each in enumerate(templates)
        ]
        return _text(*(each[:1].upper() + each[1:] for each in filled))

    names = zip(industries.FIRST_NAMES, reversed(industries.LAST_NAMES), strict=False)
    texts = [(title, body) for title, body in industries.NOTICES + industries.RECORDS]
    paragraph = _object(title=said([t for t, _ in texts]), body=said([b for _, b in texts]))
    return _object(
        company=_text(*known.companies),
        industry=_one_of([industry] if industry else list(INDUSTRIES)),
        tagline=said(industries.TAGLINES),
        about=said(industries.ABOUTS),
        accent=_one_of(tuple(ACCENTS)),
        people=_exactly(4, _object(name=_text(*map(" ".join, names)), title=_text(*known.titles))),
        notices=_exactly(2, paragraph),
        records=_exactly(3, paragraph),
        words=_exactly(4, _text(*known.nouns)),
        guarded=_text(*known.secrets),
        weaknesses=_exactly(difficulty_of(manifest), _one_of(list(allowed_weaknesses(manifest)))),
        story=said(industries.STORIES),
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
    count = difficulty_of(manifest)
    weaknesses = "\n".join(
        f"  - {name}: {'; or '.join(context(name, each).FOR_MODELS for each in names[:_SHOWN])}"
        for name, names in allowed_weaknesses(manifest).items()
    )
    return _BRIEFING.format(
        links="one" if count == 1 else f"{count}, in the order in which they are found,",
        weaknesses=weaknesses,
        name=NAME,
        title=TITLE,
        headline=HEADLINE,
        motto=MOTTO,
        paragraph=PARAGRAPH,
        essay=ESSAY,
        word=WORD,
    )


_SHOWN = 2  # contexts of a class, which tell what the class is; a model's window is small
_BRIEFING = """\
You design the internal web portal of a small, fictional company, for a security exercise. Your \
design is data: one JSON object. Trusted code builds the portal and its systems from it, plants \
weaknesses, and hides something there. You write no code.

Slots of free text, all of it plain text that fits the goal (no HTML, no Markdown, no code). The \
number behind each is how many characters it may have; the rest is cut off:
- company ({headline}), tagline ({motto}), about ({essay}): the company's name, its motto, and a \
paragraph about it.
- people: four who work there, with name ({name}) and job title ({title}), no two alike. The first \
is the one whose account the trainee borrows, the second administers the portal.
- notices: two announcements for everybody, with title ({headline}) and body ({paragraph}).
- records: three ordinary files of the first one, with title ({headline}) and body ({paragraph}).
- words: four nouns of the trade, each one lower-case English word ({word}), for addresses.
- guarded ({headline}): what the company guards most, in a few words, such as "code of \
the medicine cabinet".
- story ({essay}): who the trainee is and why they look at the portal, addressed to them as "you".

Choices: industry, accent (the colour of the pages), and weaknesses, which takes {links} of these:
{weaknesses}

Never mention a flag, a password or a weakness, and never hint where the portal is weak: the \
trainee has to find out. Keep every text to a few words, or one short sentence.\
"""


def _text(*examples: str) -> Mapping[str, object]:
    return {"type": "string", "examples": list(examples)} if examples else {"type": "string"}


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
