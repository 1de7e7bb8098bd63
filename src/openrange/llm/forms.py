"""How a reply is asked for, and what of that a provider turned out not to take."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Literal

from openrange.llm.contract import LLMRequest
from openrange.llm.refusals import Feature, refused_feature
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
        without: What the provider refused, and is left out or said otherwise.
    """

    prompt: str
    system: str | None
    form: Form
    schema: dict[str, object] | None = field(default=None, hash=False)
    without: frozenset[Feature] = frozenset()

    def as_prompt(self) -> str:
        """System message and prompt as one text, for providers that know no roles."""
        return LLMRequest(self.prompt, self.system).as_prompt()


# What providers turned out not to take, for the rest of the process: forms by endpoint and schema,
# features by endpoint.
_REFUSED: dict[object, set[Form]] = {}
_WITHOUT: dict[object, set[Feature]] = {}
_LOCK = threading.Lock()


class Forms:
    """The forms in which one request may be asked, the strongest first.

    Args:
        request: The request.
        offered: The forms that the provider may know, of an object.
        memory_key: Names what a refusal is remembered for; None remembers nothing.
    """

    def __init__(
        self, request: LLMRequest, offered: tuple[Form, ...], memory_key: object = None
    ) -> None:
        self._request = request
        self._endpoint = memory_key
        self._schema = without_examples(request.json_schema or {})
        # What is refused may be this one schema, and not schemas.
        text = json.dumps(self._schema, sort_keys=True)
        self._key = None if memory_key is None else (memory_key, text)
        if request.json_schema is None:
            offered = ("text",)
        with _LOCK:
            refused = _REFUSED.get(self._key, set()) if self._key else set[Form]()
            self._left = tuple(form for form in offered if form not in refused) or offered[-1:]
            self._without = frozenset(_WITHOUT.get(memory_key, ()) if memory_key else ())

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
        form, system = self.strongest, self._request.system
        parts = [self._request.prompt]
        if system is not None and "system" in self._without:
            parts, system = [self._request.as_prompt()], None
        if complaint:
            parts.append(
                f"An earlier reply was not accepted: {complaint}. Reply again, and mend this."
            )
        if form != "text" and (form != "native" or complaint):
            # After a complaint in any form: some servers take a schema and pay no heed to it.
            parts.append(as_instruction(self._schema))
        schema = self._schema if form == "native" else None
        return Ask("\n\n".join(parts), system, form, schema, self._without)

    def give_up(self, said: str) -> str | None:
        """Leave what the provider refuses, and remember it.

        Args:
            said: How the provider refuses it.

        Returns:
            What is left, in one word; None where there is no other form.
        """
        feature = refused_feature(said)
        if feature and feature not in self._without and self._has(feature):
            self._without |= {feature}
            if self._endpoint is not None:
                with _LOCK:
                    _WITHOUT.setdefault(self._endpoint, set()).add(feature)
            return feature
        form = self.strongest
        if not self.weaken():
            return None
        if self._key:
            with _LOCK:
                _REFUSED.setdefault(self._key, set()).add(form)
        return form

    def weaken(self) -> bool:
        """Leave the strongest form, for this request.

        Returns:
            Whether there is another one.
        """
        if len(self._left) == 1:
            return False
        self._left = self._left[1:]
        return True

    def _has(self, feature: Feature) -> bool:
        if feature == "system":
            return self._request.system is not None
        return feature not in ("strict", "name") or self.strongest == "native"
