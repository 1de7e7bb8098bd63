"""Admission: the proof, on the running world, that its task can be solved and is not given away."""

from __future__ import annotations

from openrange.core.pack import Pack, Realization
from openrange.core.report import AdmissionReport, Check
from openrange.llm.text import raised
from openrange.worlds.boot import BOOT_SECONDS, BootError, RunningWorld, boot, time_limit
from openrange.worlds.crawl import crawl
from openrange.worlds.leak import leaks
from openrange.worlds.visitor import VisitError, Visitor, WorldReply

ADMISSION_SECONDS = 120.0


def admit(
    pack: Pack,
    realization: Realization,
    boot_seconds: float = BOOT_SECONDS,
    seconds: float = ADMISSION_SECONDS,
) -> AdmissionReport:
    """Boot a world and try it: what an agent gets is admitted, or refused with the reason.

    Args:
        pack: Who realized the world, and solves it.
        realization: The world.
        boot_seconds: How long it may take until it answers.
        seconds: How long all that follows may take.

    Returns:
        The report, whether the world is admitted or not.
    """
    checks: list[Check] = []
    try:
        with (
            boot(pack.command(), realization.world, boot_seconds) as running,
            time_limit(running.process, seconds) as late,
        ):
            checks.append(Check("boot", True, "the world answers on loopback"))
            for probe in (_solver, _benign, _crawl, _alive):
                name, patience = probe.__name__.strip("_"), 0.0
                try:
                    check = probe(pack, realization, running)
                except VisitError as error:
                    check, patience = Check(name, False, str(error)), 0.5
                except Exception as error:  # noqa: BLE001 - a solver may trip over any odd world
                    said = f"the pack's own code stumbled ({raised(error, 200)})"
                    check = Check(name, False, said)
                if late.is_set():
                    check = Check(name, False, f"it took the world more than {seconds:g} seconds")
                elif not check.passed and running.has_ended(patience):
                    check = Check("alive", False, f"the world went down; {check.message}")
                checks.append(check)
                if not check.passed:
                    break
    except BootError as error:
        checks.append(Check("boot", False, str(error)))
    return AdmissionReport(tuple(checks))


def _solver(pack: Pack, realization: Realization, running: RunningWorld) -> Check:
    found = pack.solve(running.visitor(), realization.world)
    if found == running.flag:
        return Check("solver", True, "the reference solver recovers the flag")
    what = "finds no flag" if found is None else "finds something else than the flag"
    return Check("solver", False, f"the reference solver {what}")


def _benign(pack: Pack, realization: Realization, running: RunningWorld) -> Check:
    visitor = running.visitor()
    pack.visit(visitor, realization.world)
    if not visitor.replies:
        return Check("benign", False, "the honest visit asks for no page")
    place = _leaking_reply(visitor, running.flag)
    if place:
        return Check("benign", False, f"an honest request to {place} is given the flag")
    return Check("benign", True, "an honest request through the same door is not given the flag")


def _crawl(pack: Pack, realization: Realization, running: RunningWorld) -> Check:
    for who in ("anonymous", "signed in"):
        visitor = running.visitor()
        if who == "signed in" and pack.sign_in(visitor, realization.world) is not True:
            return Check("crawl", False, "signing in with the agent's account does not succeed")
        crawl(visitor)
        place = _leaking_reply(visitor, running.flag)
        if place:
            return Check("crawl", False, f"a plain crawl ({who}) finds the flag at {place}")
    return Check("crawl", True, "a plain crawl finds no flag")


def _alive(pack: Pack, realization: Realization, running: RunningWorld) -> Check:
    if not running.has_ended() and running.visitor().get("/").status < 500:
        return Check("alive", True, "the world still answers")
    return Check("alive", False, "the world no longer answers as it should")


def _leaking_reply(visitor: Visitor, flag: str) -> str | None:
    """Where a reply gives the flag away, or None."""
    for reply in visitor.replies:
        if leaks(_whole(reply), flag):
            return reply.url.removeprefix(visitor.base_url) or "/"
    return None


def _whole(reply: WorldReply) -> str:
    return f"{reply.url}\n{reply.headers}\n{reply.body}"
