"""Wrong use of the command: a line for each thing that is wrong, with what, where and what to do."""


class UserError(Exception):
    """Something about how the program was called; printed without a traceback. Each of `messages` is a line."""

    def __init__(self, *messages: str) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages
