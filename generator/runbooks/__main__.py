"""`runbooks`, and `python -m runbooks`, is the command."""

import gc
from typing import Final

SELDOM: Final = 100_000
"""How many objects more than before there are when the collector looks: most of them are there to the end."""


def main() -> None:
    """Load the command and run it, and leave with its code."""
    # While it loads, the collector of reference cycles would look through all of it again and again, and find nothing.
    gc.disable()
    from runbooks import cli

    gc.freeze()
    gc.set_threshold(SELDOM, 20, 20)
    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
