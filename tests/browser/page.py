"""A world's page in a real Chromium: `python page.py [SCREENSHOT]`; a fault exits with 1."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

NAMES = ("chromium", "chromium-browser", "google-chrome")
# It asks for nothing but the file, and may run as whoever a container's user is.
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1000,1200"),
)
MANIFEST = "world: {goal: The portal of a veterinary clinic.}\n"
MANIFEST += "pack: {id: webapp, options: {difficulty: 3}}\n"


def main() -> int:
    """Build a world, and look at its page."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        print(f"none of {', '.join(NAMES)} is installed (Debian: apt install chromium)")
        return 1
    with TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "m.yaml").write_text(MANIFEST, encoding="utf-8")
        openrange = [sys.executable, "-m", "openrange"]
        build = [*openrange, "build", "--backend", "offline", "m.yaml"]
        subprocess.run(build, cwd=here, check=True, capture_output=True)
        (snapshot,) = (here / "snapshots").glob("*.json")
        subprocess.run([*openrange, "inspect", snapshot, "--html", "w.html"], cwd=here, check=True)
        command = [chromium, *QUIET, f"--user-data-dir={here}/user"]
        command += ["--enable-logging=stderr", "--dump-dom", f"file://{here}/w.html"]
        seen = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        if len(sys.argv) > 1:
            picture = f"--screenshot={Path(sys.argv[1]).absolute()}"
            shown = [chromium, *QUIET, f"--user-data-dir={here}/user", picture]
            subprocess.run([*shown, f"file://{here}/w.html"], check=True, capture_output=True)
    faults = [line for line in seen.stderr.splitlines() if "CONSOLE" in line]
    places = seen.stdout.count("<strong>")
    folded = seen.stdout.count("<details>")
    print(f"{places} parts, {folded} folded, {len(faults)} complaints", *faults, sep="\n")
    return 0 if (places, folded, faults) == (3, 2, []) else 1


if __name__ == "__main__":
    sys.exit(main())
