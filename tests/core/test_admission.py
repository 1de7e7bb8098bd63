from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sabotage import SPELLINGS, SabotagedPack, is_unlocked_soon
from webapp_worlds import CLASSES, CONTEXTS, PACK, design_of, made, manifest_of

from openrange.core.admission import AdmissionReport, admit
from openrange.core.pack import Pack, Realization, Task
from openrange.packs.webapp import WebappPack
from openrange.packs.webapp.baselines import TEXTBOOK
from openrange.worlds.boot import BootError, boot
from openrange.worlds.visitor import Visitor


def admitted_by(
    pack: Pack, weakness: str = "sql_injection", boot_seconds: float = 20.0
) -> AdmissionReport:
    realization = pack.realize(manifest_of(), design_of(weakness=weakness))
    return admit(pack, realization, boot_seconds)


def path_of(kind: str, weakness: str = "sql_injection") -> str:
    """Where the portal of such a world has a door."""
    world: Any = PACK.realize(manifest_of(), design_of(weakness=weakness)).world
    return next(f"/{d['path']}" for d in world["services"][0]["doors"] if d["kind"] == kind)


def verdict(report: AdmissionReport) -> tuple[str, str]:
    """The one check that failed, which is the last."""
    (failure,) = report.failures
    assert failure is report.checks[-1]
    assert not report.admitted
    return failure.name, failure.message


@pytest.mark.parametrize("weakness", CLASSES[:2])
def test_a_sound_world_of_each_class_passes_every_check(weakness: str) -> None:
    report = admitted_by(PACK, weakness)
    assert report.admitted
    assert [check.name for check in report.checks] == [
        *("boot", "solver", "benign", "crawl", "ladder", "decoys", "alive", "again", "twins")
    ]
    assert all(check.passed and check.message for check in report.checks)
    assert report.failures == ()


@pytest.mark.parametrize("weakness", CLASSES)
def test_a_patched_weakness_fails_at_the_solver(weakness: str) -> None:
    name, message = verdict(admitted_by(SabotagedPack("is patched"), weakness))
    assert (name, message) == ("solver", "the reference solver finds no flag")


def test_a_flag_that_is_not_the_one_of_the_boot_fails_at_the_solver() -> None:
    name, message = verdict(admitted_by(SabotagedPack("gives another flag")))
    assert (name, message) == ("solver", "the reference solver finds something else than the flag")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_flag_on_a_page_fails_at_the_crawl(spelling: str) -> None:
    pack = SabotagedPack("leaks on a page", spelling, "/robots.txt")
    name, message = verdict(admitted_by(pack))
    assert (name, message) == ("crawl", "a plain crawl (anonymous) finds the flag at /robots.txt")


@pytest.mark.parametrize("spelling", ["plain", "base64"])
def test_a_flag_on_a_page_for_those_who_signed_in_fails_at_the_crawl(spelling: str) -> None:
    pack, page = SabotagedPack("leaks on a page", spelling, "@sign_out"), path_of("sign_out")
    name, message = verdict(admitted_by(pack))
    assert (name, message) == ("crawl", f"a plain crawl (signed in) finds the flag at {page}")


def test_a_flag_in_a_header_fails_at_the_crawl() -> None:
    name, message = verdict(admitted_by(SabotagedPack("leaks in a header", "/robots.txt")))
    assert (name, message) == ("crawl", "a plain crawl (anonymous) finds the flag at /robots.txt")


def test_a_flag_in_a_header_of_a_redirect_fails_at_the_crawl() -> None:
    planted = "broken_object_authorization"  # whose portal has records
    page = path_of("records", planted)
    # The honest visit is signed in, and so is not sent elsewhere.
    pack = SabotagedPack("leaks in a redirect", "@records")
    name, message = verdict(admitted_by(pack, planted))
    assert (name, message) == ("crawl", f"a plain crawl (anonymous) finds the flag at {page}")


def test_a_flag_on_a_page_that_robots_are_asked_to_leave_alone_fails_at_the_crawl() -> None:
    name, message = verdict(admitted_by(SabotagedPack("leaks on a hidden page")))
    assert (name, message) == ("crawl", "a plain crawl (anonymous) finds the flag at /hidden")


def test_a_page_that_is_too_large_to_be_searched_fails_at_the_crawl() -> None:
    name, message = verdict(
        admitted_by(SabotagedPack("has a page that is too large", "/robots.txt"))
    )
    assert (name, message) == ("crawl", "/robots.txt is larger than 2,000,000 bytes")


@pytest.mark.parametrize("weakness", CLASSES)
def test_a_flag_behind_the_benign_door_fails_at_the_honest_visit(weakness: str) -> None:
    name, message = verdict(admitted_by(SabotagedPack("leaks at its door"), weakness))
    assert name == "benign"
    assert message.endswith("is given the flag")


@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("does not start", "the world's process ended with status 7"),
        ("dies before it answers", "the world's process ended with status 5"),
    ],
)
def test_a_world_that_dies_at_boot_fails_at_the_boot(way: str, message: str) -> None:
    assert verdict(admitted_by(SabotagedPack(way))) == ("boot", message)


@pytest.mark.parametrize("page", ["@sign_in", "@sign_out", "/robots.txt"])
def test_a_world_that_dies_while_it_is_tried_fails_to_stay_alive(page: str) -> None:
    name, message = verdict(admitted_by(SabotagedPack("dies of a page", page)))
    path = path_of(page[1:]) if page.startswith("@") else page
    assert name == "alive"
    assert message.startswith(f"the world went down; no reply from {path} ")


def test_a_world_that_takes_too_long_in_all_fails_at_the_check_it_was_in() -> None:
    pack = SabotagedPack("is slow")
    realization = pack.realize(manifest_of(), design_of(weakness="sql_injection"))
    report = admit(pack, realization, seconds=1.0)
    assert verdict(report) == ("solver", "it took the world more than 1 seconds")


def test_a_world_that_breaks_without_dying_fails_to_stay_alive() -> None:
    name, message = verdict(admitted_by(SabotagedPack("is broken after a while")))
    assert (name, message) == ("alive", "the world no longer answers as it should")


@pytest.mark.parametrize(
    ("way", "seconds", "message"),
    [
        ("never says its port", 0.5, "the world did not start to listen in time"),
        ("says something else", 30.0, "the world's process did not say its port"),
        # In which its process has to have started, also on a slow machine.
        ("never replies", 5.0, "no reply from / (TimeoutError: timed out)"),
        ("drips", 5.0, "the world did not answer in time"),
    ],
)
def test_a_world_that_never_answers_fails_at_the_boot(
    way: str, seconds: float, message: str
) -> None:
    assert verdict(admitted_by(SabotagedPack(way), boot_seconds=seconds)) == ("boot", message)


class Missing(WebappPack):
    def command(self) -> Sequence[str]:
        return ("/no/such/program",)


def test_a_program_that_is_not_there_fails_at_the_boot() -> None:
    name, message = verdict(admitted_by(Missing()))
    assert name == "boot"
    assert message == "the world's program does not start: No such file or directory"


class Stumbling(WebappPack):
    def exploit(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> str | None:
        raise LookupError("no such\nrow")


def test_a_solver_that_stumbles_over_its_world_has_not_solved_it() -> None:
    name, message = verdict(admitted_by(Stumbling()))
    assert (name, message) == ("solver", "the pack's own code stumbled (LookupError: no such row)")


class Idle(WebappPack):
    def use(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> None:
        pass


def test_an_honest_visit_that_asks_for_nothing_proves_nothing() -> None:
    assert verdict(admitted_by(Idle())) == ("benign", "the honest visit asks for no page")


class Stranger(WebappPack):
    """Whose agent has another password than its world knows; or who does not say how it went."""

    def __init__(self, said: Any = None) -> None:
        self.said = said

    def sign_in(self, visitor: Visitor, world: Mapping[str, Any]) -> bool:
        if self.said is not None:
            return super().sign_in(visitor, {**world, "agent": {**world["agent"], "password": "x"}})
        super().sign_in(visitor, world)
        return self.said  # type: ignore[no-any-return]


@pytest.mark.parametrize("said", [None, "the truth"])
def test_a_crawl_that_is_not_signed_in_proves_nothing(said: object) -> None:
    assert verdict(admitted_by(Stranger(said))) == (
        "crawl",
        "signing in with the agent's account does not succeed",
    )


def test_a_report_is_json_with_one_entry_a_check() -> None:
    assert admitted_by(SabotagedPack("is patched")).to_mapping() == [
        {"name": "boot", "passed": True, "message": "the world answers on loopback"},
        {"name": "solver", "passed": False, "message": "the reference solver finds no flag"},
    ]


def test_each_boot_has_a_flag_of_its_own_which_the_world_serves_to_its_solver_alone() -> None:
    world = PACK.realize(manifest_of(), design_of()).world
    with boot(PACK.command(), world) as first, boot(PACK.command(), world) as second:
        assert first.flag != second.flag
        assert first.flag not in repr(first)
        assert PACK.solve(first.visitor(), world) == first.flag
        assert not first.has_ended(0)
    assert first.has_ended(0)


def test_a_world_that_ends_takes_along_what_it_started(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    pack = SabotagedPack("has a child", str(file))
    with boot(pack.command(), pack.realize(manifest_of(), design_of()).world):
        assert not is_unlocked_soon(file, seconds=0)
    assert is_unlocked_soon(file)


def test_a_world_sees_no_key_of_its_maker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    pack = SabotagedPack("shows its environment")
    with boot(pack.command(), pack.realize(manifest_of(), design_of()).world) as running:
        names = running.visitor().get("/environment").body.split()
    assert "PATH" in names
    assert "OPENAI_API_KEY" not in names


def test_a_boot_that_fails_says_so_by_an_exception() -> None:
    with pytest.raises(BootError, match="ended with status 7"):
        with boot(SabotagedPack("does not start").command(), {}):
            pass


def chained(pack: Pack, links: int = 3) -> AdmissionReport:
    manifest = manifest_of(difficulty=links)
    design = design_of(weaknesses=[*CLASSES[:links]])
    return admit(pack, pack.realize(manifest, design))


@pytest.mark.parametrize("links", [2, 4])
def test_a_chain_passes_every_check(links: int) -> None:
    report = chained(PACK, links)
    assert report.failures == ()
    assert report.checks[-1].name == "twins"


class Open(WebappPack):
    """Whose second link is exploited whatever the key is."""

    def exploit(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> str | None:
        found = super().exploit(visitor, world, link, key)
        return "open" if found is None and link == 1 else found


def test_a_link_that_needs_nothing_of_the_one_before_it_fails_at_the_ladder() -> None:
    assert verdict(chained(Open())) == (
        "ladder",
        "link 2 can be exploited without the one before it",
    )


class Lenient(WebappPack):
    """Whose second link takes the key of any boot, but not none."""

    def exploit(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> str | None:
        found = super().exploit(visitor, world, link, key)
        return "open" if found is None and link == 1 and key else found


def test_a_link_that_takes_the_key_of_another_boot_fails_at_the_second() -> None:
    assert verdict(chained(Lenient())) == ("again", "link 2 takes the key of another boot")


class Decoyed(WebappPack):
    """One of whose sound doors gives away what the weak one does."""

    def decoys(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> list[str | None]:
        return [None, "something else"]


def test_a_door_that_only_looks_sound_fails_at_the_decoys() -> None:
    assert verdict(chained(Decoyed())) == ("decoys", "what is not weak gives way beside link 1")


class Untwinned(WebappPack):
    """In whose twins nothing is mended."""

    def twins(self, world: Mapping[str, object]) -> list[Mapping[str, object]]:
        return [world]


def test_a_twin_that_gives_way_fails_at_the_twins() -> None:
    assert verdict(admitted_by(Untwinned())) == (
        "twins",
        "link 1 gives way when it is mended",
    )


class Unmade(WebappPack):
    """Which cannot make its twins."""

    def twins(self, world: Mapping[str, object]) -> list[Mapping[str, object]]:
        raise LookupError("no such\nlink")


def test_twins_that_cannot_be_made_fail_at_the_twins() -> None:
    name, message = verdict(admitted_by(Unmade()))
    assert (name, message) == ("twins", "the pack's own code stumbled (LookupError: no such link)")


class Lonely(Untwinned):
    """Whose program does not serve twins."""

    def command(self) -> Sequence[str]:
        return SabotagedPack("serves no twins").command()


def test_a_program_that_serves_no_twins_fails_at_the_boot() -> None:
    name, message = verdict(admitted_by(Lonely()))
    assert (name, message) == ("boot", "the world's process does not serve twins")


class Measured(WebappPack):
    """The webapp pack, with scripts of all kinds."""

    def baselines(
        self, world: Mapping[str, object]
    ) -> Mapping[str, Callable[[Visitor], str | None]]:
        def wrong(visitor: Visitor) -> str | None:
            return f"flag{{{'0' * 32}}}" if visitor.get("/") else None

        def stumbles(visitor: Visitor) -> str | None:
            raise ValueError("an odd page")

        solver = partial(self.solve, world=world)
        return {"wrong": wrong, "stumbles": stumbles, "solver": solver}


def test_baselines_are_counted_and_judge_nothing() -> None:
    report = admit(Measured(), PACK.realize(manifest_of(), design_of()))
    assert report.admitted
    assert (report.baselines["wrong"], report.baselines["stumbles"]) == (None, None)
    assert (report.baselines["solver"] or 0) > 1


def test_the_textbook_has_one_context_of_each_class() -> None:
    assert [name.partition("/")[0] for name in TEXTBOOK] == list(CLASSES)
    assert {*TEXTBOOK} <= {*CONTEXTS}


def test_the_textbook_solves_what_is_in_the_textbook() -> None:
    taken = {
        name: admit(PACK, Realization(dict(made(name)), (Task("t", "T"),))).baselines
        for name in ("weak_credentials/default", "path_traversal/filtered")
    }
    easy = taken["weak_credentials/default"]
    assert [name for name, by in easy.items() if by] == ["weak_credentials/default"]
    assert set(taken["path_traversal/filtered"].values()) == {None}
