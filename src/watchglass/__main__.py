"""`python -m watchglass` is the command `watchglass`."""

import sys

from watchglass.cli import main

if __name__ == "__main__":
    sys.exit(main())
