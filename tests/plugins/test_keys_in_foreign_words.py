from __future__ import annotations

import pytest
from click.testing import CliRunner
from fake_plugins import ACME, FakePlugins

from openrange import OpenRangeError, resolve_backend
from openrange.cli.main import openrange

KEY = "sk-veryverysecret0123456789"
ODD = {"detect": {"ACME_AUTH": "openrange_acme:Acme"}}
READ = "__import__('os').environ['{}']"
SHOUTS = {
    "import": "raise RuntimeError({key})\n",
    "print": "print('using', {key})\n" + ACME,
    "constructor": ACME + "    def __post_init__(self): raise ValueError('bad key ' + {key})\n",
    "preflight": ACME + "    def preflight(self): raise ValueError('bad key ' + {key})\n",
    "not configured": ACME
    + "    def preflight(self):\n"
    + "        from openrange import LLMBackendError\n"
    + "        raise LLMBackendError('bad key ' + {key}, kind='not-configured')\n",
    "answer": ACME.replace(
        'return LLMResult("hello from acme")',
        "from openrange import LLMBackendError\n        raise LLMBackendError('bad ' + {key})",
    ),
}


def said(*arguments: str) -> str:
    result = CliRunner().invoke(openrange, ["backends", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


@pytest.mark.parametrize("variable", ["ACME_API_KEY", "ACME_AUTH"])
@pytest.mark.parametrize("shout", SHOUTS)
def test_a_key_is_shown_by_no_command_whatever_its_variable_is_called(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, shout: str, variable: str
) -> None:
    source = SHOUTS[shout].replace("{key}", READ.format(variable))
    fake_plugins.install_acme(source=source, detect={variable: "openrange_acme:Acme"})
    monkeypatch.setenv(variable, KEY)

    output = said() + said("--json") + said("check", "--live", "acme")

    assert "A build would take acme" in output
    assert KEY not in output
    assert ("[redacted]" in output) == (shout != "preflight")


@pytest.mark.parametrize("shout", ["import", "constructor"])
def test_a_key_is_not_in_the_error_either(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, shout: str
) -> None:
    fake_plugins.install_acme(
        source=SHOUTS[shout].replace("{key}", READ.format("ACME_AUTH")), **ODD
    )
    monkeypatch.setenv("ACME_AUTH", KEY)

    with pytest.raises(OpenRangeError, match=r"\[redacted\]") as caught:
        resolve_backend("acme")

    assert KEY not in str(caught.value)


@pytest.mark.parametrize("variable", ["ACME_URL", "ACME_API_BASE", "ACME_HOST", "ACME_ENDPOINT"])
def test_an_address_by_which_a_plugin_is_detected_is_no_key(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    source = SHOUTS["import"].replace("{key}", READ.format(variable))
    fake_plugins.install_acme(source=source, detect={variable: "openrange_acme:Acme"})
    monkeypatch.setenv(variable, "https://api.acme.example")

    assert "RuntimeError: https://api.acme.example" in said()


def test_half_a_key_at_the_edge_of_what_is_read_is_not_shown(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = READ.format("ACME_API_KEY")
    for name, source in {
        "printing": f"print('\\n' * 1990 + {key})\n{ACME}",
        "dying": f"import os\nos.write(2, {key}.encode() + b'\\n' * 1990)\nos._exit(3)\n",
    }.items():
        module = f"acme_{name}"
        fake_plugins.install(f"acme-{name}", backends={name: f"{module}:Acme"}, source=source)
    monkeypatch.setenv("ACME_API_KEY", KEY)

    output = said("check", "printing", "dying")

    assert "it prints while it is imported" in output
    assert "its import ends the process (status 3)" in output
    assert KEY[:6] not in output
    assert KEY[-6:] not in output
