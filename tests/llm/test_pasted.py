from __future__ import annotations

import pytest

from openrange.llm import mended_url, problem_of_url

BASE = "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize(
    ("pasted", "left_out"),
    [
        (BASE, None),
        (f"{BASE}/", None),
        (f" {BASE} \n", "the blanks or quotes around it"),
        (f'"{BASE}"', "the blanks or quotes around it"),
        (f"{BASE}/chat/completions", "/chat/completions"),
        (f"{BASE}/chat/completions/", "/chat/completions"),
        (f"'{BASE}/models'", "/models"),
        (f"{BASE}/responses", "/responses"),
        (f"{BASE}/completions", "/completions"),
    ],
)
def test_a_pasted_address_is_mended_and_says_how(pasted: str, left_out: str | None) -> None:
    url, said = mended_url(pasted)
    assert (url.rstrip("/"), said) == (BASE, left_out)


def test_a_query_stays() -> None:
    url, said = mended_url("https://a.example/x/chat/completions?api-version=1")
    assert (url, said) == ("https://a.example/x?api-version=1", "/chat/completions")


@pytest.mark.parametrize("odd", ["", "http://[", "/chat/completions", "chat", "//"])
def test_what_is_no_address_is_left_to_the_check(odd: str) -> None:
    assert problem_of_url("base_url", mended_url(odd)[0]) is not None


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("localhost:8000/v1", "write http://localhost:8000/v1"),
        ("10.0.0.1:8000", "write http://10.0.0.1:8000"),
        ("api.example.com/v1", "write https://api.example.com/v1"),
    ],
)
def test_a_missing_scheme_is_named(url: str, advice: str) -> None:
    assert advice in (problem_of_url("base_url", url) or "")


def test_a_path_of_slashes_alone_takes_no_time() -> None:
    url = "http://127.0.0.1/v1" + "/" * 1_000_000
    assert mended_url(url) == (url, None)


def test_the_models_of_azure_are_a_base_of_their_own() -> None:
    url = "https://x.services.ai.azure.com/models?api-version=2024-05-01-preview"
    assert mended_url(url) == (url, None)
    assert mended_url("http://h/v1/models") == ("http://h/v1", "/models")
