"""Hours left and the last payment of an agreement, as the PSA has them; with the day of its export."""

from __future__ import annotations

from runbooks.fleet import Fleet, Record
from runbooks.matching.agreements import figures
from runbooks.pages import views
from runbooks.pages.views import View
from runbooks.records.agreement import Agreement


def by_the_psa(record: Record, agreement: Agreement, fleet: Fleet) -> View | None:
    """What the PSA says of an agreement; None where no export of it does."""
    found = figures(record, agreement, fleet)
    if found is None:
        return None
    left = found.hours_left
    return {
        "id": agreement.id,
        "hours": f"{left.normalize():f}" if left is not None else None,
        "one": left == 1,
        "paid": views.day(found.last_paid_on),
        "on": views.day(found.day),
    }


def hours_left(record: Record, fleet: Fleet) -> list[View]:
    """The agreements of a client of which the PSA has hours left, in the order of the record."""
    found = (by_the_psa(record, one, fleet) for one in record.client.agreements)
    return [one for one in found if one and one["hours"] is not None]
