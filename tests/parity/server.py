"""`watchglass` that answers as Prometheus 2.42 does: `python tests/parity/server.py up ...`.

Windows include their left edge, and rates are extrapolated as before 2.51. No setting does this.
"""

import sys
from dataclasses import replace

from watchglass.app import stack
from watchglass.app.run import run
from watchglass.cli.arguments import parse_arguments
from watchglass.config.load import load_settings
from watchglass.config.settings import Invocation


def engine_options(configuration, original=stack.engine_options):
    return replace(original(configuration), closed_windows=True)


if __name__ == "__main__":
    stack.engine_options = engine_options
    options = parse_arguments(sys.argv[1:]).options
    invocation = Invocation(flags=options.flags, flag_names=options.flag_names, settings_file=options.settings)
    sys.exit(run(load_settings(invocation)))
