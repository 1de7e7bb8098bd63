"""Backends that ask or read wrongly."""

from __future__ import annotations

from faulty_backends import Fault, edited, failing, first, replied, then

_BODY = "request_body(ask, self.model)"

_ALL_COMPARE = "all rules that see an object compare it with the model's"
_WITHOUT_OBJECT = {
    "the-models-words": "`parsed_json` is None",
    "finds-the-object": "it made None",
    "thoughts": "it made None",
    "weaker-forms": "it made None",
    "asks-again": "it returned None",
    "retries": "it returned None",
}


def _asking(change: str) -> tuple[str, str]:
    return edited(_BODY, f"request_body(dataclasses.replace(ask, {change}), self.model)")


FAULTS = (
    Fault(
        "strips-text",
        {"plain-text": "`text` is 'a'"},
        (replied("reply = dataclasses.replace(reply, text=reply.text.strip())"),),
    ),
    Fault(
        "unwraps-a-fence",
        {"plain-text": "and `text` is"},
        (
            replied(
                "if '```' in reply.text:\n"
                "    reply = dataclasses.replace(reply, text=reply.text.split('```')[1][4:])"
            ),
        ),
    ),
    Fault(
        "parses-plain-text",
        {"plain-text": "`parsed_json` is {'a': 1}"},
        (
            then(
                "import json\n"
                "if request.json_schema is None and result.text[:1] == '{':\n"
                "    result = LLMResult(result.text, json.loads(result.text))"
            ),
        ),
    ),
    Fault(
        "returns-no-object",
        {
            "structured": "`parsed_json` is None",
            "threads": "parsed_json=None",
            "world": "does not conform",
            **_WITHOUT_OBJECT,
        },
        (then("result = LLMResult(result.text)"),),
        why=_ALL_COMPARE,
    ),
    Fault(
        "gives-another-text",
        {"structured": "which is not the same object"},
        (
            then(
                "if request.json_schema:\n    result = LLMResult('Here it is', result.parsed_json)"
            ),
        ),
    ),
    Fault(
        "shouts",
        dict.fromkeys(_WITHOUT_OBJECT, "ZÜRICH"),
        (
            then(
                "if result.parsed_json and 'city' in result.parsed_json:\n"
                "    shouted = result.text.replace('Zürich', 'ZÜRICH')\n"
                "    result = LLMResult(shouted, {**result.parsed_json, 'city': 'ZÜRICH'})"
            ),
        ),
        why=_ALL_COMPARE,
    ),
    Fault(
        "ignores-the-schema",
        {"schema-arrives": "of the schema, city, count, integer did not arrive"},
        (_asking("schema=None"),),
    ),
    Fault(
        "drops-the-system-text",
        {
            "system-arrives": "system None and prompt 'The prompt.' arrived",
            "roles": "system and user got (None, 'The prompt.')",
            "weaker-forms": "the system text did not arrive",
        },
        (_asking("system=None"),),
        why="what does not arrive has no role",
    ),
    Fault(
        "joins-the-system-text",
        {"roles": "system and user got (None, 'The system text.\\n\\nThe prompt.')"},
        (_asking("prompt=ask.as_prompt(), system=None"),),
    ),
    Fault(
        "invents-a-system-text",
        {"roles": "for a request without a system text, system and user got ('Be brief.'"},
        (_asking("system=ask.system or 'Be brief.'"),),
    ),
    Fault(
        "asks-in-ascii",
        {"any-text": "arrived"},
        (_asking("prompt=ask.prompt.encode('ascii', 'replace').decode()"),),
    ),
    Fault(
        "wants-bare-json",
        dict.fromkeys(("finds-the-object", "thoughts"), "`complete` raised LLMBackendError"),
        (
            replied(
                "if ask.form != 'text' and reply.text[:1] != '{':\n"
                "    reply = dataclasses.replace(reply, text='')"
            ),
        ),
        why="a thought stands around the object as prose does",
    ),
    Fault(
        "accepts-any-object",
        {"nonconforming-reply": "and did not fail"},
        (
            failing(
                "import json\n"
                "if failure.kind == 'nonconforming':\n"
                "    plain = LLMRequest(request.prompt)\n"
                "    said = run(plain, partial(self._send, key), backend='', secrets=[key])\n"
                "    return LLMResult(said.text, json.loads(said.text))"
            ),
        ),
    ),
    Fault(
        "never-asks-again",
        {"asks-again": "`complete` raised LLMBackendError"},
        (edited("**limits)", "max_reasks=0, **limits)"),),
    ),
    Fault(
        "asks-again-in-the-same-words",
        {"asks-again": "the second request did not say what was wrong"},
        (_asking("prompt=ask.prompt.partition('An earlier reply')[0]"),),
    ),
    Fault(
        "accepts-nothing",
        {"empty-reply": "and did not fail"},
        (failing("if 'reply is empty' in str(failure):\n    return LLMResult('', None)"),),
    ),
    Fault(
        "accepts-a-cut-reply",
        {"cut-reply": "and did not fail"},
        (
            replied(
                "if reply.finish == 'length':\n"
                "    reply = dataclasses.replace(reply, finish='stop')"
            ),
        ),
    ),
    Fault(
        "takes-a-refusal-for-an-answer",
        {"withheld-reply": "returned LLMResult(text='I cannot help with bridges'"},
        (
            replied(
                "if reply.finish == 'refusal':\n"
                "    reply = dataclasses.replace(reply, finish='stop', text=reply.explanation)"
            ),
        ),
    ),
    Fault(
        "hides-why-it-was-refused",
        {"withheld-reply": "the model said 'I cannot help with bridges'"},
        (replied("reply = dataclasses.replace(reply, explanation=None)"),),
    ),
    Fault(
        "ignores-a-filter",
        {"withheld-reply": "and did not fail"},
        (
            replied(
                "if reply.finish == 'filter':\n"
                "    reply = dataclasses.replace(reply, finish='stop')"
            ),
        ),
    ),
    Fault(
        "trusts-the-response",
        dict.fromkeys(("malformed-response", "odd-response"), "raised KeyError: 'choices'"),
        (failing("if 'response is empty' in str(failure):\n    failure = KeyError('choices')"),),
        why="a list of choices may be the odd place",
    ),
    Fault(
        "trusts-the-numbers",
        {"odd-response": "it failed unexpectedly with TypeError"},
        (
            edited(
                "        return read_completion(reply)",
                "        if isinstance(reply, dict) and 'usage' in reply:\n"
                "            reply['usage']['total_tokens'] - 1\n"
                "        return read_completion(reply)",
            ),
        ),
    ),
    Fault(
        "takes-the-first-object",
        {"thoughts": "it made {'city': 'Bern', 'count': 3}"},
        (
            replied(
                "import re\n"
                "found = re.search(r'\\{\"city.*?\\}', reply.text)\n"
                "if found and ask.form != 'text':\n"
                "    reply = dataclasses.replace(reply, text=found[0])"
            ),
        ),
    ),
    Fault(
        "insists-on-the-schema",
        {"weaker-forms": "does not support response_format"},
        (edited("**limits)", 'forms=("native",), **limits)'),),
    ),
    Fault(
        "trusts-the-schema",
        {"bad-schema": "raised SchemaError"},
        (
            first(
                "import jsonschema\n"
                "if request.json_schema and 'required' not in request.json_schema:\n"
                "    jsonschema.Draft202012Validator.check_schema(request.json_schema)"
            ),
        ),
    ),
    Fault(
        "never-gives-up",
        {"few-requests": "requests were sent, and 5 are allowed", "retries": "requests were sent"},
        (edited('"max_retries": self.max_retries', '"max_retries": self.max_retries * 1000'),),
        why="the number of retries that was asked for is not kept either",
    ),
)
