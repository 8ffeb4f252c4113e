"""The rules: one function each, its docstring the documentation. A topic is a module; importing it files its rules."""

from runbooks.rules import (
    agreements,
    catalogue,
    documentation,
    mailboxes,
    publishing,
    references,
    text,
    waivers,
    written,
)

TOPICS = (text, references, agreements, mailboxes, documentation, catalogue, written, waivers, publishing)
"""Every topic module. A rule in a module that is not named here does not exist, and a test says so."""
