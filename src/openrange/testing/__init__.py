"""For the tests of plugins: the contracts of backends and packs as test suites, and more.

`BackendContract` and `PackContract` need pytest, which is no dependency of OpenRange; the rest does
not.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
