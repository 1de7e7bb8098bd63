"""The layers of configuration, strongest first: where each comes from and what it says."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from openrange.errors import ConfigError
from openrange.plugins.blocking import Block
from openrange.plugins.hints import near_misses

BACKEND_VARIABLE = "OPENRANGE_BACKEND"
MODEL_VARIABLE = "OPENRANGE_MODEL"
BLOCK_VARIABLE = "OPENRANGE_BLOCK"
PROJECT_FILE = "openrange.toml"
SHARED_FILE = "pyproject.toml"
MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 20
# tomllib takes time and memory with the square of a dotted key's length.
MAX_LINE = 10_500
# What may come with a clone gets less: it has a cost for each pair of a key and a part of a header.
MAX_UNTRUSTED_BYTES = 200_000
MAX_UNTRUSTED_DOTS = 500
_BACKSLASH = "; a backslash begins an escape in double quotes: write a Windows path in single ones"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source says.

    Args:
        source: The source in words, such as `the command line` or a file's name.
        backend: The backend it names, if any.
        options: Fields of a backend; they count if the layer names the chosen backend or none.
        block: What is never to be loaded: names, and distributions.
        pin: Names to take from one distribution.
        is_trusted: False for a file found in the working directory, which may come with a clone.
        is_written: True for files and the command line, in which a key must not stand.
        is_general: True where a model is not meant for one backend, so that one which takes no
            model passes it over.
    """

    source: str
    backend: str | None = None
    options: Mapping[str, object] = field(default_factory=dict, hash=False, repr=False)
    block: tuple[Block, ...] = ()
    pin: Mapping[str, str] = field(default_factory=dict, hash=False)
    is_trusted: bool = True
    is_written: bool = True
    is_general: bool = False


SILENT = Layer("the command line")
"""A command line that says nothing of backends."""


def read_layers(command: Layer = SILENT, config: str | Path | None = None) -> list[Layer]:
    """All layers of this process, strongest first.

    Args:
        command: What the command line, or the caller, says.
        config: A file that replaces the one in the working directory.

    Returns:
        The command's, the environment's, the project's and the user's layer; the last two only
        where there is such a file.

    Raises:
        ConfigError: A file cannot be read, or says what no configuration says.
    """
    if config is not None:
        project = _read(Path(config))
        if project is None:
            part = " or has no table [tool.openrange]" if Path(config).name == SHARED_FILE else ""
            raise ConfigError(f"the configuration file {config} does not exist{part}")
    else:
        project = _read(Path(PROJECT_FILE), is_trusted=False)
        project = project or _read(Path(SHARED_FILE), is_trusted=False)
    layers = [command, environment_layer(), project, _read(user_file())]
    return [layer for layer in layers if layer is not None]


def user_file() -> Path:
    """Where the user's own configuration file is, whether it exists or not.

    Returns:
        Its path.
    """
    import platformdirs

    return platformdirs.user_config_path("openrange", appauthor=False) / "config.toml"


def command_layer(backend: str | None, model: str | None, assignments: Iterable[str] = ()) -> Layer:
    """The command line's layer.

    Args:
        backend: `--backend`.
        model: `--model`.
        assignments: Each `-o KEY=VALUE`; a key may be dotted, a value is TOML or else text.

    Returns:
        The layer.

    Raises:
        ConfigError: An assignment is malformed, or contradicts another.
    """
    options: dict[str, object] = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        path = [part.strip() for part in key.split(".")]
        if not equals or not all(path):
            raise ConfigError(f"-o {key!r}: expected KEY=VALUE")  # the value may be a key
        if path[0] == "backend":
            raise ConfigError("-o backend=…: use --backend")
        table = options
        for part in path[:-1]:
            inner = table.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"-o {key}: {part} was given a plain value as well")
            table = inner
        if isinstance(table.get(path[-1]), dict):
            raise ConfigError(f"-o {key}: fields below it were given as well")
        table[path[-1]] = _toml_value(value)
    if model is not None:
        options["model"] = model
    return Layer("the command line", backend, options)


def _toml_value(text: str) -> object:
    try:
        document = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    value = document.pop("value")
    # Text of several lines may read as a value and more; a date is text to every backend.
    is_value = not document and isinstance(value, str | int | float | bool | list | dict)
    return value if is_value else text


def environment_layer() -> Layer:
    """What the variables of this project say.

    Returns:
        The layer.
    """
    model = os.environ.get(MODEL_VARIABLE, "").strip()
    blocked = re.split(r"[\s,]+", os.environ.get(BLOCK_VARIABLE, ""))
    return Layer(
        "the environment",
        os.environ.get(BACKEND_VARIABLE, "").strip() or None,
        {"model": model} if model else {},
        tuple(Block(word, BLOCK_VARIABLE) for word in dict.fromkeys(blocked) if word),
        is_written=False,
        is_general=True,
    )


def _read(file: Path, *, is_trusted: bool = True) -> Layer | None:
    """The layer in a file; None when there is no file, or none of it is ours."""
    try:
        # A user may well pass a pipe; one that was merely found could be waited for without end.
        if is_trusted or stat.S_ISREG(file.stat().st_mode):
            with file.open("rb") as stream:
                raw = stream.read(MAX_FILE_BYTES + 1)
            return _parse(raw, file, is_trusted=is_trusted)
        problem = "not a regular file"
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise ConfigError(f"{file}: {problem}")


def _parse(raw: bytes, file: Path, *, is_trusted: bool) -> Layer | None:
    if len(raw) > MAX_FILE_BYTES:
        raise ConfigError(f"{file}: larger than {MAX_FILE_BYTES:,} bytes")
    if not is_trusted and len(raw) > MAX_UNTRUSTED_BYTES:
        raise ConfigError(f"{file}: larger than {MAX_UNTRUSTED_BYTES:,} bytes; pass it by --config")
    dots = max((line.count(b".") for line in raw.splitlines()), default=0)
    if not is_trusted and dots > MAX_UNTRUSTED_DOTS:
        raise ConfigError(f"{file}: it has a line with more than {MAX_UNTRUSTED_DOTS} dots")
    if max(map(len, raw.splitlines()), default=0) > MAX_LINE:
        raise ConfigError(f"{file}: it has a line longer than {MAX_LINE:,} bytes")
    document: object = None
    try:
        document = tomllib.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        problem = f"{file}: not valid TOML ({error}){_meant(error)}"
    if document is None:
        raise ConfigError(problem)
    path = ("tool", "openrange") if file.name == SHARED_FILE else ()
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return None
        document = document[name]
    if _is_deeper(document, MAX_DEPTH):
        raise ConfigError(f"{file}: nested too deeply")
    for name in _broken_paths(document):
        raise ConfigError(f"{file}: {name} holds a tab or a line break{_BACKSLASH}")
    tables = _table(file, ".".join(path) or "the file", document, {"llm", "plugins"})
    llm = _table(file, "[llm]", tables.get("llm", {}))
    plugins = _table(file, "[plugins]", tables.get("plugins", {}), {"block", "pin"})
    backend = llm.pop("backend", None)
    if backend is None and (meant := [key for key in llm if near_misses(key, ["backend"])]):
        raise ConfigError(f"{file}: [llm] has no key {meant[0]!r} (did you mean 'backend'?)")
    block, pin = plugins.get("block", []), plugins.get("pin", {})
    if backend is not None and (not isinstance(backend, str) or not backend):
        raise ConfigError(f"{file}: [llm] backend must be the name of a backend")
    if not isinstance(block, list) or not all(isinstance(name, str) for name in block):
        raise ConfigError(f"{file}: [plugins] block must be a list of names")
    if not isinstance(pin, dict) or not all(isinstance(name, str) for name in pin.values()):
        raise ConfigError(f"{file}: [plugins] pin must map names to distributions")
    return Layer(
        str(file),
        backend,
        llm,
        tuple(Block(word, f"[plugins] block in {file}") for word in block),
        pin,
        is_trusted=is_trusted,
        is_general=backend is None,
    )


def _meant(error: Exception) -> str:
    """What may be meant, where a backslash of a Windows path is taken for an escape."""
    return _BACKSLASH if re.search(r"escape|hex value", str(error), re.I) else ""


def _broken_paths(value: object, name: str = "") -> Iterator[str]:
    """Where a backslash of a Windows path was taken for an escape that there is: `C:\\new`."""
    if isinstance(value, str) and re.match(r"[A-Za-z]:[\b\t\n\f\r]\w", value):
        yield name
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _broken_paths(item, f"{name}.{key}" if name else key)


def _is_deeper(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels == 0 or any(_is_deeper(item, levels - 1) for item in inner)


def _table(
    file: Path, name: str, value: object, known: set[str] | None = None
) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ConfigError(f"{file}: {name} must be a table")
    table = cast(dict[str, object], value)
    for key in table:
        if known is not None and key not in known:
            raise ConfigError(f"{file}: {name} has no key {key!r}{near_misses(key, known)}")
    return dict(table)
