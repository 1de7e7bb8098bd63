"""A small shell over files in memory. It starts nothing: its few commands are functions here.

A real one would also write, run programs and reach the network. This one has none of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from openrange.packs.webapp.tree import inside, resolved

LONGEST_OUTPUT = 8_000
_LONGEST_LINE = 400
_MOST_COMMANDS = 30
_DEEPEST = 4
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_OPERATORS = ";|&<>\n"


class Refused(Exception):  # noqa: N818 - it is what the shell does
    """A line that the shell does not run."""


class Shell:
    """Runs a line.

    Args:
        files: Texts by their absolute paths.
        folder: Where it stands.
        ping: The tool that the line is for.
    """

    def __init__(
        self, files: Mapping[str, str], folder: str, ping: Callable[[list[str]], str]
    ) -> None:
        self._files = files
        self._folder = folder
        self._ping = ping
        self._count = 0

    def run(self, line: str) -> str:
        """Run a line.

        Args:
            line: One or more commands.

        Returns:
            What they print, errors included.
        """
        try:
            return self._run(line[:_LONGEST_LINE], 0).rstrip("\n")
        except Refused as refused:
            return f"sh: {refused}"

    def _run(self, line: str, depth: int) -> str:
        if depth > _DEEPEST:
            raise Refused("too many substitutions")
        output, piped, succeeded, before = "", "", True, ";"
        words: list[str] = []
        source: str | None = None
        is_source = False
        for is_operator, text in [*self._tokens(line, depth), (True, ";")]:
            if not is_operator:
                if is_source:
                    source, is_source = text, False
                else:
                    words.append(text)
            elif text == "<":
                is_source = True
            elif text == ">":
                raise Refused("cannot create: Read-only file system")
            else:
                if (before, succeeded) not in (("&&", False), ("||", True)):
                    given = piped if source is None else self._text("sh", source)[0]
                    printed, succeeded = self._command(words, given)
                    piped = printed if text == "|" else ""
                    output += "" if text == "|" else printed
                if len(output) > LONGEST_OUTPUT:
                    raise Refused("too much output")
                words, source, before = [], None, text
        return output

    def _tokens(self, line: str, depth: int) -> list[tuple[bool, str]]:
        """Words and operators. What is substituted is run here, and is split into words."""
        found: list[tuple[bool, str]] = []
        word: str | None = None
        position, quote = 0, ""
        while position < len(line):
            here = line[position]
            position += 1
            value: str | None = None
            if here == quote:
                quote = ""
            elif quote != "'" and here == "\\" and position < len(line):
                word, position = (word or "") + line[position], position + 1
            elif quote != "'" and here in "$`":
                value, position = self._substituted(line, position - 1, depth)
                if quote:
                    word = (word or "") + value
            elif quote:
                word = (word or "") + here
            elif here in "\"'":
                word, quote = word or "", here
            elif here in _OPERATORS:
                found += [] if word is None else [(False, word)]
                doubled = here in "&|" and line[position : position + 1] == here
                found.append((True, here * 2 if doubled else here))
                word, position = None, position + doubled
            else:
                value = here
            for character in "" if quote or value is None else value:
                if not character.isspace():
                    word = (word or "") + character
                elif word is not None:
                    found.append((False, word))
                    word = None
        if quote:
            raise Refused("Syntax error: Unterminated quoted string")
        return found if word is None else [*found, (False, word)]

    def _substituted(self, line: str, start: int, depth: int) -> tuple[str, int]:
        """The value of what begins with `$` or a backtick, and where it ends."""
        if line[start] == "`":
            end = line.find("`", start + 1)
        elif line.startswith("$(", start):
            end, opened = start + 1, 1
            while opened and end + 1 < len(line):
                end += 1
                opened += {"(": 1, ")": -1}.get(line[end], 0)
            end = -1 if opened else end
        else:
            variable = _VARIABLE.match(line, start)
            if variable is None:
                return "$", start + 1
            return (" \t\n" if "IFS" in variable.groups() else ""), variable.end()
        if end < 0:
            raise Refused("Syntax error: end of file unexpected")
        inner = line[start + (1 if line[start] == "`" else 2) : end]
        return self._run(inner, depth + 1).rstrip("\n"), end + 1

    def _command(self, words: list[str], given: str) -> tuple[str, bool]:
        """What a command prints, and whether it went well."""
        self._count += 1
        if self._count > _MOST_COMMANDS:
            raise Refused("too many commands")
        if not words:
            return "", True
        name, *arguments = words
        operands = [each for each in arguments if not each.startswith("-")]
        if name == "ping":
            return self._ping(operands) + "\n", True
        if name == "echo":
            return " ".join(arguments) + "\n", True
        if name == "pwd":
            return self._folder.rstrip("/") + "\n", True
        if name == "cat":
            done = [self._text(name, each) for each in operands] or [(given, True)]
        elif name == "ls":
            done = [self._listed(each) for each in operands or ["."]]
        else:
            done = [(f"sh: {name}: not found\n", False)]
        return "".join(text for text, _ in done), all(went_well for _, went_well in done)

    def _text(self, name: str, path: str) -> tuple[str, bool]:
        text = self._files.get(self._whole(path))
        return (f"{name}: {path}: No such file\n", False) if text is None else (text, True)

    def _listed(self, path: str) -> tuple[str, bool]:
        whole = self._whole(path)
        if whole in self._files:
            return f"{path}\n", True
        names = inside(self._files, whole)
        if not names:
            return f"ls: {path}: No such file or directory\n", False
        return "".join(f"{name}\n" for name in names), True

    def _whole(self, path: str) -> str:
        return resolved(path if path.startswith("/") else f"{self._folder}/{path}")
