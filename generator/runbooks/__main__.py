"""`runbooks`, and `python -m runbooks`, is the command."""

import gc


def main() -> None:
    """Load the command and run it, and leave with its code."""
    # While it loads, the collector of reference cycles would look through all of it again and again, and find nothing.
    gc.disable()
    from runbooks import cli

    gc.freeze()
    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
