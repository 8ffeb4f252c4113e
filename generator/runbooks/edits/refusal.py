"""Why an edit is not made."""

from __future__ import annotations

from runbooks.findings import Place


class Refused(Exception):
    """An edit that cannot be made safely. The file is as it was.

    `code` is that of the problem that the file would have after it, where that is the reason.
    """

    def __init__(self, place: Place, reason: str, remedy: str = "", code: str = "") -> None:
        super().__init__(f"{place}: {reason}")
        self.place, self.reason, self.remedy, self.code = place, reason, remedy, code
