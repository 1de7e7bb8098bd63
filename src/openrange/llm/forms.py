"""How a reply is asked for, and which forms of asking a provider turned out not to know."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Literal

from openrange.llm.contract import LLMRequest
from openrange.llm.schema import as_instruction, without_examples

Form = Literal["text", "native", "json", "prompt"]
"""How a reply is asked for: as plain text; or as an object, by the provider's structured output
(`native`), by its JSON mode with the schema in the prompt (`json`), or by the prompt alone."""

SCHEMA_FORMS: tuple[Form, ...] = ("native", "json", "prompt")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to put on the wire.

    Args:
        prompt: The user's message.
        system: The system message.
        form: How the reply is asked for.
        schema: The JSON Schema to send; given when `form` is `native`.
    """

    prompt: str
    system: str | None
    form: Form
    schema: dict[str, object] | None = field(default=None, hash=False)

    def as_prompt(self) -> str:
        """System message and prompt as one text, for providers that know no roles."""
        return LLMRequest(self.prompt, self.system).as_prompt()


# Which forms providers turned out not to know, for the rest of the process.
_REFUSED: dict[object, set[Form]] = {}
_LOCK = threading.Lock()


class Forms:
    """The forms in which one request with a schema may be asked, the strongest first.

    Args:
        request: The request.
        offered: The forms that the provider may know.
        memory_key: Names what a refusal is remembered for; None remembers nothing.
    """

    def __init__(
        self, request: LLMRequest, offered: tuple[Form, ...], memory_key: object = None
    ) -> None:
        self._request = request
        self._schema = without_examples(request.json_schema or {})
        # What is refused may be this one schema, and not schemas.
        text = json.dumps(self._schema, sort_keys=True)
        self._key = None if memory_key is None else (memory_key, text)
        with _LOCK:
            refused = _REFUSED.get(self._key, set()) if self._key else set[Form]()
            self._left = tuple(form for form in offered if form not in refused) or offered[-1:]

    @property
    def strongest(self) -> Form:
        """The form to ask in now."""
        return self._left[0]

    def ask(self, complaint: str | None) -> Ask:
        """What to send in the strongest form.

        Args:
            complaint: What was wrong with an earlier reply, if there was one.

        Returns:
            The request to put on the wire.
        """
        parts = [self._request.prompt]
        if complaint:
            parts.append(
                f"An earlier reply was not accepted: {complaint}. Reply again, and mend this."
            )
        is_native = self.strongest == "native"
        if not is_native or complaint:
            # After a complaint in any form: some servers take a schema and pay no heed to it.
            parts.append(as_instruction(self._schema))
        schema = self._schema if is_native else None
        return Ask("\n\n".join(parts), self._request.system, self.strongest, schema)

    def give_up(self) -> bool:
        """Leave the strongest form, which the provider does not know.

        Returns:
            Whether there is another one.
        """
        if len(self._left) == 1:
            return False
        if self._key:
            with _LOCK:
                _REFUSED.setdefault(self._key, set()).add(self._left[0])
        self._left = self._left[1:]
        return True
