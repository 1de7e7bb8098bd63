"""The OpenRange backend for every provider that LiteLLM knows. Importing it imports no LiteLLM."""

from openrange_litellm.backend import LiteLLMBackend

__all__ = ["LiteLLMBackend"]
