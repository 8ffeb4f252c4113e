"""The rules about publishing: the generator checks them itself while it makes, builds and verifies the site."""

from __future__ import annotations

from runbooks.findings import Blocks
from runbooks.rules.registry import read_by

read_by(
    "PUB001",
    "rule-crashed",
    """Every rule runs to its end.

    A rule that crashes has checked nothing, so nothing is published. It is a mistake in the program.

    Mend: report it with the traceback that was printed.
    """,
    blocks=Blocks.SITE,
)
read_by(
    "PUB003",
    "template-error",
    """Every template can be filled with the values of every client.

    A page whose own template fails is made with the shipped one; if that fails too, a short page stands in for it.

    Mend: correct the template at the line that is named.
    """,
    blocks=Blocks.PAGE,
)
read_by(
    "PUB004",
    "build-failed",
    """The site builds without a warning of MkDocs.

    A broken link or a page that is missing from the navigation is a warning of MkDocs, and none is let pass. Where
    every warning is about a hand-written page, these pages are withheld and the rest is published; else nothing is.

    Mend: correct what the message names, usually a link in a hand-written page or an entry of nav in mkdocs.yml.
    """,
    blocks=Blocks.SITE,
)
read_by(
    "PUB010",
    "site-gives-monitoring-away",
    """No file of the built site holds monitoring of a client who is not entitled to it.

    Every page, the search index, the sitemap and every other text file are read before the site is published. This
    catches what a changed template, a hand-written page or a mistake in the program let through. Nothing is published
    while it stands; the old site stays.

    Mend: take the text out of the page or template that is named.
    """,
    blocks=Blocks.SITE,
)
read_by(
    "PUB011",
    "site-of-a-group-names-others",
    """The site of a group holds no trace of a client who is not of the group.

    `build --only group=NAME` makes a site for one group. Every file of it is read before it is published: for the names
    of all other clients, their machines and jobs, addresses, telephone numbers, places, people and numbers. Nothing is
    published while something is found; the old site stays. What is found is not repeated, because the group may read
    the report.

    Mend: take the name out of the page or record that is named; a note at one client may speak of another.
    """,
    blocks=Blocks.SITE,
)
