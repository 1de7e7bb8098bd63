from __future__ import annotations

from http_servers import make as make
from one_worker import warm_worker as warm_worker
