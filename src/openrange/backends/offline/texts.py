"""The strings of a sample: pleasant ones, and those that a format or a pattern asks for.

Every function draws from the `random.Random` that it is given, and from nothing else, so that the
same state gives the same text in any process. Lengths are in code points.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

SHORT = 60
"""Up to this length a text is a name; beyond it, there is room for sentences."""

# No word is longer than nine letters, so that every sentence fits into SHORT + 1 characters.
_ADJECTIVES = (
    *("Amber", "Ancient", "Autumn", "Bright", "Calm", "Cedar", "Clever", "Cobalt", "Copper"),
    *("Coral", "Crimson", "Distant", "Early", "Eastern", "Faithful", "Gentle", "Golden", "Grand"),
    *("Hidden", "Hollow", "Humble", "Ivory", "Lively", "Lunar", "Mellow", "Misty", "Modest"),
    *("Northern", "Patient", "Quiet", "Rapid", "Royal", "Rustic", "Silver", "Steady", "Tidy"),
    *("Velvet", "Violet", "Western", "Winter"),
)
_NOUNS = (
    *("Anchor", "Archive", "Atlas", "Beacon", "Bridge", "Canyon", "Castle", "Compass", "Cove"),
    *("Falcon", "Ferry", "Forest", "Fox", "Garden", "Gate", "Harbor", "Heron", "Island"),
    *("Journal", "Kettle", "Lantern", "Ledger", "Library", "Market", "Meadow", "Mill", "Mirror"),
    *("Oak", "Orchard", "Otter", "Parcel", "Pier", "Quarry", "Ridge", "River", "Station"),
    *("Studio", "Tower", "Valley", "Workshop"),
)
_VERBS = (
    *("borders", "carries", "crosses", "faces", "follows", "greets", "guards", "guides"),
    *("helps", "joins", "keeps", "lights", "mends", "opens", "passes", "records"),
    *("serves", "shelters", "supplies", "watches"),
)


def pleasant(rng: random.Random, shortest: int, longest: int | None) -> str:
    """A text that reads well: a name of a few words, or plain sentences where there is room.

    Args:
        rng: Where the choices come from.
        shortest: The least length.
        longest: The greatest length, not below `shortest`; None for no limit.

    Returns:
        A text of `shortest` to `longest` characters.
    """
    if longest is None:
        longest = SHORT if shortest <= SHORT // 2 else shortest + SHORT
    if longest > SHORT:
        return _sentences(rng, shortest, longest)
    text = _title(rng)
    if len(text) > longest:
        fitting = [noun for noun in _NOUNS if shortest <= len(noun) <= longest]
        text = rng.choice(fitting) if fitting else text
    while len(text) < shortest:
        text += f" {rng.choice(_NOUNS)}"
    return text if len(text) <= longest else _cut(text, longest)


def _title(rng: random.Random) -> str:
    words = [rng.choice(_ADJECTIVES), rng.choice(_NOUNS)]
    if rng.random() < 0.25:
        words.insert(1, rng.choice(_NOUNS))
    return " ".join(words)


def _sentences(rng: random.Random, shortest: int, longest: int) -> str:
    text = _sentence(rng)
    wanted = rng.randint(0, 2)
    while len(text) < shortest or wanted > 0:
        more = f" {_sentence(rng)}"
        if len(text) >= shortest and len(text + more) > longest:
            break
        text += more
        wanted -= 1
    return text if len(text) <= longest else _cut(text, longest - 1) + "."


def _sentence(rng: random.Random) -> str:
    subject, object_ = rng.sample(_NOUNS, 2)
    first, second = rng.sample(_ADJECTIVES, 2)
    verb = rng.choice(_VERBS)
    return f"The {first} {subject} {verb} the {second} {object_}.".lower().capitalize()


def _cut(text: str, length: int) -> str:
    """Exactly `length` characters of `text`, the last of them a letter."""
    return text[:length].rstrip(" .").ljust(length, "s")


def key(rng: random.Random) -> str:
    """A name for a member of an object, such as `ledger` or `amber_ledger`."""
    adjective, noun = rng.choice(_ADJECTIVES).lower(), rng.choice(_NOUNS).lower()
    return noun if rng.random() < 0.5 else f"{adjective}_{noun}"


# Those that structured output of providers knows; the shorter ones are for schemas that bound the
# length.
_FORMATS = {
    "date": ("{year}-{month:02}-{day:02}",),
    "time": ("{hour:02}:{minute:02}:{second:02}Z", "{hour:02}:{minute:02}:{second:02}"),
    "date-time": ("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z",),
    "duration": ("P{day}DT{hour}H", "PT{minute}M", "P{day}D"),
    "email": ("{adjective}.{noun}@example.com", "{noun}@example.com", "{noun}@a.test"),
    "hostname": ("{adjective}-{noun}.example.com", "{noun}.example.com", "{noun}.test", "{noun}"),
    "ipv4": ("192.0.2.{day}", "198.51.100.{day}", "203.0.113.{day}"),
    "ipv6": ("2001:db8::{year}:{day}", "2001:db8::{day}"),
    "uri": ("https://{adjective}.example.com/{noun}", "https://{noun}.test/", "urn:{noun}"),
    "uri-reference": ("/{adjective}/{noun}", "/{noun}", "{noun}"),
    "uuid": ("{hex8}-{hex4}-4{hex3}-a{hex3}-{hex8}{hex4}",),
}


def formatted(rng: random.Random, name: str) -> Iterator[str]:
    """Texts of a format of JSON Schema, the most telling first.

    Addresses and names of hosts are of the ranges that are reserved for documentation.

    Args:
        rng: Where the choices come from.
        name: The format's name. There are no texts of an unknown one.

    Yields:
        One text for each shape that the format has here.
    """
    parts = {
        "adjective": rng.choice(_ADJECTIVES).lower(),
        "noun": rng.choice(_NOUNS).lower(),
        "year": rng.randint(2001, 2029),
        "month": rng.randint(1, 12),
        "day": rng.randint(1, 28),
        "hour": rng.randint(1, 23),
        "minute": rng.randint(1, 59),
        "second": rng.randint(0, 59),
        "hex3": f"{rng.getrandbits(12):03x}",
        "hex4": f"{rng.getrandbits(16):04x}",
        "hex8": f"{rng.getrandbits(32):08x}",
    }
    for template in _FORMATS.get(name, ()):
        yield template.format_map(parts)


def matching(rng: random.Random, pattern: str, shortest: int, longest: int | None) -> Iterator[str]:
    """Texts that may match a regular expression: whoever uses them has to check.

    First come names in the usual spellings, since many patterns ask for one; then texts made from
    the pattern, with more or fewer repetitions; each also lengthened, where it is too short.

    Args:
        rng: Where the choices come from.
        pattern: A regular expression in Python's dialect.
        shortest: The least length that is of use.
        longest: The greatest length that is of use, not below `shortest`; None for no limit.

    Yields:
        A bounded number of texts, some of them of no use.
    """
    import rstr

    for name in (pleasant(rng, shortest, longest), rng.choice(_NOUNS)):
        yield name
        for separator in " -_":
            yield name.lower().replace(" ", separator)
    work = 0
    for spread in (5, 10, 20, 3, 2, 1, 0, shortest, 40, 100):
        dice = _Dice(rng.getrandbits(64), spread)
        try:
            text = rstr.Rstr(dice).xeger(pattern)
        except (LookupError, ValueError, re.error):  # rstr has no case for it, or much work
            text = ""
        work += dice.work
        if work > 2 * dice.WORK:
            return
        yield text
        missing = shortest - len(text)
        if missing > 0:
            filler = pleasant(rng, missing, missing)
            yield from (text + filler, filler + text, text + text[-1:] * missing)


class _Dice(random.Random):
    """The chance that `rstr` asks, with its habits mended.

    `rstr` picks from lists that are in the order of a set, which differs from process to process;
    it repeats up to a hundred times where the pattern names no limit; and it does not bound its
    work. `choice` and `randint` are all that it draws by.

    Args:
        seed: The state to start in.
        spread: How many repetitions at most beyond those that the pattern demands.
    """

    WORK = 10_000

    def __init__(self, seed: int, spread: int) -> None:
        super().__init__(seed)
        self.spread = spread
        self.work = 0

    def randint(self, a: int, b: int) -> int:
        """A number of repetitions, `a` or a little more."""
        times = super().randint(a, max(a, min(b, a + self.spread)))
        self._count(1 + times)
        return times

    def choice(self, seq: Sequence[T]) -> T:  # type: ignore[override]
        """One of `seq`: a branch of the pattern, or a character."""
        self._count(1 + len(seq) // 64)
        if not all(isinstance(each, str) for each in seq[:1]):
            return super().choice(seq)
        # A class may span all of Unicode: its first characters are enough.
        candidates = sorted({str(each): each for each in seq[:128]}.items())
        for wanted in (str.isalnum, str.isprintable):
            candidates = [pair for pair in candidates if wanted(pair[0])] or candidates
        return super().choice(candidates)[1]

    def _count(self, work: int) -> None:
        self.work += work
        if self.work > self.WORK:
            raise ValueError(self.work)
