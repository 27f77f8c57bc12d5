"""Run npm in web/, with the Node on PATH or, where there is none, the one from a wheel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hatch_build import NODE_NEEDED, NODE_WHEEL, node_from_wheel, node_on_path  # noqa: E402


def main() -> int:
    """Run `npm ARGUMENTS` and hand its exit status on."""
    node = node_on_path() or node_from_wheel()
    if node is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
        node = node_from_wheel()
    if node is None:
        sys.exit(f"the web UI's checks need {NODE_NEEDED}")
    environment = os.environ | {"PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run([*node.npm, *sys.argv[1:]], cwd=ROOT / "web", env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
