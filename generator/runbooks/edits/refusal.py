"""Why an edit is not made."""

from __future__ import annotations

from runbooks.findings import Place


class Refused(Exception):
    """An edit that cannot be made safely. The file is as it was."""

    def __init__(self, place: Place, reason: str, remedy: str = "") -> None:
        super().__init__(f"{place}: {reason}")
        self.place, self.reason, self.remedy = place, reason, remedy
