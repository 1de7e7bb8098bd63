"""The contract of backends, and what every backend is built on.

A backend of your own needs `LLMRequest`, `LLMResult` and `LLMBackendError`; `run` gives it the same
reading, asking, repeating and redacting that the built-in ones have. It imports from here alone.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
