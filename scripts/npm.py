"""Run npm in web/, with the Node on PATH or, where there is none, the one from a wheel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hatch_build import NODE_WHEEL, system_node, wheel_node  # noqa: E402


def main() -> int:
    """Run `npm ARGUMENTS` and hand its exit status on."""
    found = system_node() or wheel_node()
    if found is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
        found = wheel_node()
    if found is None:
        sys.exit("no usable Node: install Node 20.19 or newer")
    npm, folder = found
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run([*npm, *sys.argv[1:]], cwd=ROOT / "web", env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
