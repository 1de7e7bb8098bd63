"""Free text of a design that would give a world away, or has another reader in mind."""

from __future__ import annotations

import re

_GIVES_AWAY = re.compile(
    r"""
    \b(
        sql | inject\w* | idor | xss | csrf | ssrf | xxe | rce | lfi | cve | jwt | owasp | ssti
      | graphql | backdoor\w* | tamper\w* | spoof\w*
      | vulnerab\w* | exploit\w* | weakness\w* | insecur\w* | travers\w* | forge(d|ry)
      | hack\w* | pentest\w* | payload\w* | unauthori[sz]ed | privilege\w* | bypass\w*
      | broken.access | access.control | hard.?coded | credential\w* | passwords? | secrets?
      | capture.the.flag | ctf | flags? | proof.of.concept
    )\b
    | openrange | result\.json | \.json\b | /etc/ | \.\./ | https?:// | system.prompt
    | \b(ignore|disregard|forget)\b.{0,30}\b(instruction|above|previous|rule|task)
    | \b(write|save|submit|print|output|reply|respond)\b.{0,30}\b(file|answer|json|stop|nothing)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def tells(text: str) -> bool:
    """Whether a text names weaknesses, speaks of secrets, or gives an agent instructions.

    Args:
        text: What a model wrote.

    Returns:
        True if it should not stand in a world.
    """
    return _GIVES_AWAY.search(text) is not None
