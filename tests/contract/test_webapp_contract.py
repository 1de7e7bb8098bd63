from __future__ import annotations

from openrange.packs.webapp import WebappPack
from openrange.testing import PackContract


class TestWebappPack(PackContract):
    pack = WebappPack
