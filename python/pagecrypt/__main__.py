"""The command line: `python -m pagecrypt`, and the command `pagecrypt`."""

from __future__ import annotations

import signal
import sys

from pagecrypt import _native


def main() -> int:
    """Runs the command with the arguments of the process, and gives its exit code."""
    # The command minds signals itself: Python's handler would only note Ctrl-C, and raise when all is done.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.run_command(["pagecrypt", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
