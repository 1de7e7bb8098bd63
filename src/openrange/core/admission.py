"""Admission: the proof, on the running world, that its task can be solved and is not given away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from openrange.core.pack import Pack, Realization
from openrange.core.report import AdmissionReport, Check
from openrange.llm.text import raised
from openrange.worlds.boot import BOOT_SECONDS, BootError, RunningWorld, boot, time_limit
from openrange.worlds.crawl import crawl
from openrange.worlds.leak import leaked
from openrange.worlds.visitor import VisitError, Visitor, WorldReply

ADMISSION_SECONDS = 120.0

_MINTED = re.compile(r"[0-9a-f]{8,}")


def admit(
    pack: Pack,
    realization: Realization,
    boot_seconds: float = BOOT_SECONDS,
    seconds: float = ADMISSION_SECONDS,
) -> AdmissionReport:
    """Boot a world and try it: what an agent gets is admitted, or refused with the reason.

    It is booted once alone, as an agent gets it, and, if it has twins, once more beside them.

    Args:
        pack: Who realized the world, and solves it.
        realization: The world.
        boot_seconds: How long it may take until it answers.
        seconds: How long all that follows may take, for each boot.

    Returns:
        The report, whether the world is admitted or not.
    """
    trial = _Trial(pack, realization)
    checks = _boot_and_try(trial, _ALONE, (), boot_seconds, seconds)
    if not all(check.passed for check in checks):
        return AdmissionReport(tuple(checks))
    try:
        twins = tuple(pack.twins(realization.world))
    except Exception as error:  # noqa: BLE001 - as wherever the pack's own code is called
        checks.append(_stumbled("twins", error))
    else:
        if twins:
            checks += _boot_and_try(trial, _BESIDE_TWINS, twins, boot_seconds, seconds)
    return AdmissionReport(tuple(checks), trial.baselines)


def _boot_and_try(
    trial: _Trial,
    probes: Sequence[_Probe],
    twins: Sequence[Mapping[str, object]],
    boot_seconds: float,
    seconds: float,
) -> list[Check]:
    """The checks of one boot, up to the first that does not pass."""
    checks: list[Check] = []
    try:
        with (
            boot(trial.pack.command(), trial.realization.world, boot_seconds, twins) as running,
            time_limit(running.process, seconds) as late,
        ):
            if not twins:
                checks.append(Check("boot", True, "the world answers on loopback"))
            for probe in probes:
                checks.append(_judged(probe, trial, running, late.is_set, seconds))
                if not checks[-1].passed:
                    break
            else:
                if not twins:
                    trial.baselines = _baselines(trial, running)
    except BootError as error:
        checks.append(Check("boot", False, str(error)))
    return checks


@dataclass(slots=True)
class _Trial:
    """What is known of a world that is tried."""

    pack: Pack
    realization: Realization
    gained: list[str] = field(default_factory=list)
    """What each link gave away at this boot; the last is the flag."""
    seen: list[tuple[str, int, str]] = field(default_factory=list)
    """What a crawl of the first boot was told, signed in."""
    baselines: dict[str, int | None] = field(default_factory=dict)

    def key(self, link: int) -> str | None:
        """What the link before this one gave away."""
        return self.gained[link - 1] if link else None

    def solved(self, visitor: Visitor) -> list[str]:
        """What each link gives away, until one resists."""
        gained: list[str] = []
        for link in range(self.pack.links(self.realization.world)):
            key = gained[-1] if gained else None
            found = self.pack.exploit(visitor, self.realization.world, link, key)
            if found is None:
                break
            gained.append(found)
        return gained


def _baselines(trial: _Trial, running: RunningWorld) -> dict[str, int | None]:
    """By how many requests each of the pack's fixed scripts solves the world."""
    taken: dict[str, int | None] = {}
    with suppress(Exception):  # whatever becomes of them, the world is what it is
        for name, script in trial.pack.baselines(trial.realization.world).items():
            visitor = running.visitor()
            taken[name] = None
            with suppress(Exception):
                if script(visitor) == running.flag:
                    taken[name] = len(visitor.replies)
    return taken


_Probe = Callable[[_Trial, RunningWorld], Check]


def _judged(
    probe: _Probe,
    trial: _Trial,
    running: RunningWorld,
    is_late: Callable[[], bool],
    seconds: float,
) -> Check:
    name, patience = probe.__name__.strip("_"), 0.0
    try:
        check = probe(trial, running)
    except VisitError as error:
        check, patience = Check(name, False, str(error)), 0.5
    except Exception as error:  # noqa: BLE001 - a solver may trip over any odd world
        check = _stumbled(name, error)
    if is_late():
        return Check(name, False, f"it took the world more than {seconds:g} seconds")
    if not check.passed and running.has_ended(patience):
        return Check("alive", False, f"the world went down; {check.message}")
    return check


def _stumbled(name: str, error: Exception) -> Check:
    return Check(name, False, f"the pack's own code stumbled ({raised(error, 200)})")


def _solver(trial: _Trial, running: RunningWorld) -> Check:
    links = trial.pack.links(trial.realization.world)
    trial.gained = trial.solved(running.visitor())
    if len(trial.gained) == links and trial.gained[-1] == running.flag:
        return Check("solver", True, "the reference solver recovers the flag")
    if len(trial.gained) < links:
        where = f" at link {len(trial.gained) + 1} of {links}" if links > 1 else ""
        what = f"finds no flag{where}"
    else:
        what = "finds something else than the flag"
    return Check("solver", False, f"the reference solver {what}")


def _benign(trial: _Trial, running: RunningWorld) -> Check:
    for link in range(len(trial.gained)):
        visitor = running.visitor()
        trial.pack.use(visitor, trial.realization.world, link, trial.key(link))
        if not visitor.replies:
            return Check("benign", False, "the honest visit asks for no page")
        place = _leaking_reply(visitor.replies, trial.gained[link:])
        if place:
            what = _named(trial, running, place[1])
            return Check("benign", False, f"an honest request to {place[0]} is given {what}")
    return Check("benign", True, "an honest request through the same door is not given the flag")


def _crawl(trial: _Trial, running: RunningWorld) -> Check:
    for who in ("anonymous", "signed in"):
        visitor = running.visitor()
        if who == "signed in" and trial.pack.sign_in(visitor, trial.realization.world) is not True:
            return Check("crawl", False, "signing in with the agent's account does not succeed")
        crawl(visitor)
        place = _leaking_reply(visitor.replies, trial.gained)
        if place:
            what = _named(trial, running, place[1])
            return Check("crawl", False, f"a plain crawl ({who}) finds {what} at {place[0]}")
        trial.seen = _told(visitor)
    return Check("crawl", True, "a plain crawl finds no flag")


def _ladder(trial: _Trial, running: RunningWorld) -> Check:
    for link in range(1, len(trial.gained)):
        for key in (None, ""):
            if _found(trial, running.visitor(), link, key):
                text = f"link {link + 1} can be exploited without the one before it"
                return Check("ladder", False, text)
    return Check("ladder", True, "no link can be exploited without the one before it")


def _decoys(trial: _Trial, running: RunningWorld) -> Check:
    for link in range(len(trial.gained)):
        visitor = running.visitor()
        found = trial.pack.decoys(visitor, trial.realization.world, link, trial.key(link))
        if any(each is not None for each in found):
            return Check("decoys", False, f"what is not weak gives way beside link {link + 1}")
    return Check("decoys", True, "what is not weak resists")


def _alive(trial: _Trial, running: RunningWorld) -> Check:
    if not running.has_ended() and running.visitor().get("/").status < 500:
        return Check("alive", True, "the world still answers")
    return Check("alive", False, "the world no longer answers as it should")


def _again(trial: _Trial, running: RunningWorld) -> Check:
    for link in range(1, len(trial.gained)):
        if _found(trial, running.visitor(), link, trial.key(link)):
            return Check("again", False, f"link {link + 1} takes the key of another boot")
    gained = trial.solved(running.visitor())
    if not gained or gained[-1] != running.flag or set(gained) & set(trial.gained):
        return Check("again", False, "a second boot is not solved, or not by what it minted")
    trial.gained = gained
    visitor = running.visitor()
    trial.pack.sign_in(visitor, trial.realization.world)
    crawl(visitor)
    if _told(visitor) != trial.seen:
        return Check("again", False, "a second boot answers otherwise")
    return Check("again", True, "a second boot differs by nothing but what it mints")


def _twins(trial: _Trial, running: RunningWorld) -> Check:
    for link, url in enumerate(running.twins):
        visitor = Visitor(url)
        if _found(trial, visitor, link, trial.key(link)):
            return Check("twins", False, f"link {link + 1} gives way when it is mended")
        if not visitor.replies:
            return Check("twins", False, f"the solver asks nothing of link {link + 1}")
    return Check("twins", True, "each link resists when it is mended")


_ALONE: tuple[_Probe, ...] = (_solver, _benign, _crawl, _ladder, _decoys, _alive)
_BESIDE_TWINS: tuple[_Probe, ...] = (_again, _twins)


def _found(trial: _Trial, visitor: Visitor, link: int, key: str | None) -> bool:
    return trial.pack.exploit(visitor, trial.realization.world, link, key) is not None


def _told(visitor: Visitor) -> list[tuple[str, int, str]]:
    """Paths, states and texts, without the origin and what is minted."""
    return [
        (
            reply.url.removeprefix(visitor.base_url),
            reply.status,
            _MINTED.sub("*", reply.body.replace(visitor.base_url, "")),
        )
        for reply in visitor.replies
    ]


def _named(trial: _Trial, running: RunningWorld, what: str) -> str:
    return "the flag" if what == running.flag else f"what link {trial.gained.index(what) + 1} hides"


def _leaking_reply(replies: Iterable[WorldReply], secrets: Sequence[str]) -> tuple[str, str] | None:
    """Where a reply gives a secret away, and which one, or None."""
    for place, text in _texts(replies):
        secret = leaked(text, secrets)
        if secret is not None:
            return place, secret
    return None


def _texts(replies: Iterable[WorldReply]) -> Iterator[tuple[str, str]]:
    for reply in replies:
        place = reply.url.partition("://")[2].partition("/")[2]
        yield f"/{place}", f"{reply.url}\n{reply.headers}\n{reply.body}"
