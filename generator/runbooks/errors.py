"""Wrong use of the command: one line that says what, where and what to do."""


class UserError(Exception):
    """Something about how the program was called; printed without a traceback."""
