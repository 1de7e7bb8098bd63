from __future__ import annotations

from one_worker import warm_worker as warm_worker
