"""What a model thought aloud, told apart from what it says.

Reasoning models write their thoughts between marks, which a server without the matching parser
leaves in the text. The marks are those of the chat templates of the models, as vLLM, SGLang and
llama.cpp document their parsers.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence

# Where thoughts begin and end. Templates may put the first mark into the prompt, so that only the
# second one is in the reply.
_TAG = (
    r"(?:[a-z]{1,12}[:_])?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad)"
)
_BEGIN = (
    rf"<\|?{_TAG}\|?>",  # DeepSeek, Qwen, GLM, Seed, MiniMax, EXAONE, Gemini's proxies and others
    r"\[THINK\]",  # Mistral
    r"\u25c1think\u25b7",  # Kimi
    r"<\|START_THINKING\|>",  # Cohere
    r"<\|inner_prefix\|>",  # Apertus
    r"<unused94>",  # MedGemma
    r"<\|channel>\s{0,9}thought",  # Gemma 4
    r"<\|channel\|>\s{0,9}(?:analysis|commentary)[^<]{0,200}(?:<\|constrain\|>[^<]{0,99})?<\|message\|>",
    r"\[BEGIN OF THOUGHT\]",
    r"Here(?: is|'s) my thought process:",  # Granite
)
_END = (
    rf"<\|?/\|?{_TAG}\|?>",
    r"\[/THINK\]",
    r"\u25c1/think\u25b7",
    r"<\|END_THINKING\|>",
    r"<\|inner_suffix\|>",
    r"<unused95>",
    r"<channel\|>",
    # gpt-oss: whatever came before the last channel.
    r"<\|channel\|>\s{0,9}final[^<]{0,200}(?:<\|constrain\|>[^<]{0,99})?<\|message\|>",
    r"\[BEGIN FINAL RESPONSE\]",  # Apriel
    r"Here(?: is|'s) my response:",
    r"<(?:answer|response)>",  # Hunyuan, ERNIE
    r"<\|START_RESPONSE\|>",
)
_MARK = re.compile(rf"(?P<begin>{'|'.join(_BEGIN)})|(?:{'|'.join(_END)})", re.IGNORECASE)


def spoken(text: str, objects: Sequence[tuple[int, int]] = ()) -> str:
    """What a model says, without its thoughts.

    Args:
        text: A reply, as it came.
        objects: Where objects begin and end in it, in order: what looks like a mark in the texts
            of one of them is none.

    Returns:
        All that stands outside of thoughts; where an end is marked and no beginning, all before
        it is a thought. A text that is nothing but thoughts comes back as it is.
    """
    said: list[str] = []
    at, is_thinking = 0, False
    for mark in _MARK.finditer(text):
        before = bisect(objects, (mark.start(), len(text)))
        if before and mark.start() < objects[before - 1][1]:
            continue
        if mark["begin"]:
            if not is_thinking:
                said.append(text[at : mark.start()])
            is_thinking = True
            continue
        if not is_thinking:  # its beginning was left out
            said.clear()
        at, is_thinking = mark.end(), False
    if not is_thinking:
        said.append(text[at:])
    kept = "".join(said)
    return kept if kept.strip() else text
