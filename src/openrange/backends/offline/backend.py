"""The backend `offline`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import partial

from openrange.backends.offline.grammar import CannotSample
from openrange.backends.offline.sampler import sample
from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.forms import Ask
from openrange.llm.reply import Reply
from openrange.llm.run import run
from openrange.llm.settings import BackendSettings

NAME = "offline"
_SENTENCE = {
    "type": "object",
    "properties": {"text": {"type": "string", "minLength": 40, "maxLength": 200}},
    "required": ["text"],
}


@dataclass(frozen=True, slots=True)
class OfflineBackend(BackendSettings):
    """Answers with a deterministic sample of the schema: the same request, the same reply.

    It knows nothing of the world, so its designs are plain; it lets the whole pipeline run on a
    machine that has no key and no network.
    """

    def complete(self, request: LLMRequest) -> LLMResult:
        """Answer one request.

        Args:
            request: What to ask.

        Returns:
            A few plain words; for a request with a schema, an object that conforms to it.

        Raises:
            LLMBackendError: Of kind `unsupported`, where the sampler finds nothing that conforms.
        """
        return run(request, partial(_send, request), backend=NAME, forms=("native",), max_reasks=0)


def _send(request: LLMRequest, ask: Ask) -> Reply:
    """A sample of the request's own schema, whose examples are not for providers."""
    schema = request.json_schema
    identity = json.dumps([request.system, request.prompt, schema], sort_keys=True)
    seed = hashlib.sha256(identity.encode()).digest()
    if schema is None:
        return Reply(str(sample(_SENTENCE, seed)["text"]))
    problem: str
    try:
        return Reply(json.dumps(sample(schema, seed), ensure_ascii=False))
    except CannotSample as error:
        problem = str(error)
    raise LLMBackendError(
        f"cannot make up an object for this schema ({problem}); choose a backend with a model",
        kind="unsupported",
    )
