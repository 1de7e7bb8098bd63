"""A world that starts a process, which holds a lock: `child_of_a_world.py LOCK`."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys

from openrange.worlds import Response, serve

descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(descriptor, fcntl.LOCK_EX)
subprocess.Popen(["sleep", "600"], pass_fds=[descriptor])
serve(lambda world, flag: lambda request: Response())
