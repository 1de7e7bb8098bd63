"""For the tests of plugins: the contract of backends as a test suite, and what it is built on.

`BackendContract` needs pytest, which is no dependency of OpenRange; the rest does not.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
