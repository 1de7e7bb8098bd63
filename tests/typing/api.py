"""What a user's type checker sees of the public names. mypy reads this; nothing runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, assert_type

import openrange
from openrange import (
    AdmissionError,
    AdmissionReport,
    CodexBackend,
    Episode,
    EpisodeReport,
    LLMBackend,
    LLMBackendError,
    LLMRequest,
    LLMResult,
    Manifest,
    OfflineBackend,
    OpenAICompatibleBackend,
    Pack,
    PackRef,
    Snapshot,
    SnapshotStore,
    build,
    complete_with_pack_dir,
    parse_json_object,
    resolve_backend,
)
from openrange.llm import (
    Ask,
    BackendSettings,
    Call,
    Key,
    Recorder,
    Reply,
    Usage,
    call_json,
    hookimpl,
    read_completion,
    recording,
    request_body,
    require_key,
    run,
    secret,
)
from openrange.testing import BackendContract, ChatServer, PackContract, ScriptedBackend, Seen
from openrange.worlds import Bounds, Draw, Request, Response, clean, find_flag, serve


@dataclass(frozen=True, slots=True)
class Acme(BackendSettings):
    """A backend of a user."""

    url: str = "https://api.acme.example/v1"
    api_key: str | None = secret()
    extra: Mapping[str, object] | None = field(default=None, hash=False)

    def complete(self, request: LLMRequest) -> LLMResult:
        key = require_key("acme", self.api_key, "ACME_API_KEY")
        assert_type(key, Key)

        def send(ask: Ask) -> Reply:
            body = request_body(ask, "acme-1")
            return read_completion(call_json("POST", self.url, body, Call(9.0, key), headers={}))

        return assert_type(run(request, send, backend="acme"), LLMResult)

    @classmethod
    @hookimpl
    def openrange_environment(cls, environ: Mapping[str, str]) -> Mapping[str, object]:
        return {"url": environ["ACME_URL"]} if "ACME_URL" in environ else {}


class TestAcme(BackendContract):
    name = "acme"

    def backend(self, url: str, **fields: Any) -> Acme:
        return Acme(url, **fields)


def build_worlds(folder: Path, pack: openrange.Pack) -> None:
    """The ways in which a world is built, kept and played."""
    backends: list[LLMBackend] = [Acme(), OfflineBackend(), CodexBackend(), ScriptedBackend([])]
    backends.append(OpenAICompatibleBackend(model=None))
    backends.append(resolve_backend("acme", timeout=3))
    manifest = Manifest({"goal": "A shop."}, PackRef("webapp", options={"weaknesses": ["x"]}))
    try:
        snapshot = build(manifest, llm=backends[0], on_event=lambda step, data: (step, data))
    except AdmissionError as error:
        assert_type(error.reports, tuple[AdmissionReport, ...])
        return
    except LLMBackendError as error:
        print(error.kind == "auth", error.retry_after)
        return
    assert_type(snapshot, Snapshot)
    assert_type(SnapshotStore(folder).load(snapshot.id), Snapshot)
    with Episode(snapshot, folder) as episode:
        assert_type(episode.report(), EpisodeReport)
    with recording() as recorder:
        assert_type(recorder, Recorder)
        complete_with_pack_dir(backends[0], pack, LLMRequest("Hello"))
    assert_type(recorder.usage, Usage)
    assert_type(parse_json_object("{}"), dict[str, object])
    with ChatServer().running() as server:
        assert_type(server.seen, list[Seen])


def served() -> None:
    """A world of a user."""
    assert_type(Draw(1, "goal").about("names").pick(["a"]), str)
    assert_type(find_flag(clean("text", 10)), str | None)

    def make(world: Mapping[str, Any], flag: str) -> Callable[[Request], Response]:
        return lambda request: Response(request.query.get("q", ""))

    serve(make, Bounds(connections=8))


class TestPack(PackContract):
    """The suite of a pack of a user."""

    pack = Pack


def mistakes() -> None:
    """What a type checker has to refuse; mypy complains of a comment here that nothing needs."""
    build(llm=OfflineBackend)  # type: ignore[arg-type]
    LLMBackendError("no", kind="teapot")  # type: ignore[arg-type]
    openrange.no_such_name  # type: ignore[attr-defined]  # noqa: B018
