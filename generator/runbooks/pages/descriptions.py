"""What each kind of page is for, in a sentence: search engines of the intranet and screen readers say it first."""

from __future__ import annotations

from typing import Final

from runbooks.pages.page import Kind, Page

PURPOSE: Final[dict[Kind, str]] = {
    "home": "Where to begin, and whom to ring when the site is of no help.",
    "clients": "Every client, how each is covered, and which products they have.",
    "alerts": "What the products say, what it means, how urgent it is, and what to do first.",
    "agreements": "Every agreement by the day it ends, and what it covers.",
    "products": "The backup products we know, and what there is for each.",
    "product": "What this product says, what to do for each of its alerts, and who has it.",
    "rules": "What every record is checked for, and what a finding keeps back.",
    "rule": "What this rule asks, why, and how to mend what it finds.",
    "cost": "What monitoring without an agreement takes, in hours and money.",
    "waivers": "Which findings are accepted for a while, why, and until when.",
    "profiles": "How far each client's documentation is, and what it lacks for the next step.",
    "referral": "Where to send somebody whom no agreement covers.",
    "insurer": "Whom to tell, and when, after an incident that is insured.",
    "fleet": "What a team lead looks at first: all clients in figures, each with the records behind it.",
    "fleet-coverage": "What is documented of each client, and what comes next.",
    "fleet-restore-tests": "Which restore tests are due, and how long the last ones took.",
    "fleet-recoverability": "Whether the backups of each client can be restored, and what is in the way.",
    "fleet-reviews": "Which records somebody has to compare with reality, the oldest first.",
    "overview": "Whether you may work on this, whom to call, what is protected, and whether it can be restored.",
    "setup": "How these backups were set up, and how to set them up again.",
    "procedure": "What to do, step by step, with what to expect and what to do if it does not come.",
    "restore": "What to restore first, from where, and with whose consent.",
    "print": "All of this client's pages on paper, in the order of a restore.",
    "monitoring": "What is watched for this client, for how long, and what to do about it.",
    "not-monitored": "What to say, and what not to do, when an alert of this client comes in.",
    "withheld": "Why this page is not shown, and whom to call instead.",
    "former": "Since when this client is none of ours, what it had, and whom to ask.",
    "redirect": "Where the page is that was here.",
}


def description(page: Page) -> str:
    """The description of a page: what it is about, and what for."""
    return f"{page.title}. {PURPOSE[page.kind]}"
