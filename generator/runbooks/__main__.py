"""`python -m runbooks` is the command."""

from runbooks.cli import main

main()
