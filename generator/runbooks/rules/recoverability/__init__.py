"""Recoverability: copies, RPO, retention, restore tests, exclusions; a profile of its own for cloud services.

A client is asked while it is a client, and only about set-ups we look after or work on. What could not be read is
asked nothing, and what is retired counts for nothing.
"""

from __future__ import annotations

from runbooks.rules.recoverability import cloud, exclusions, objectives, places, restores, retention, server

__all__ = ["cloud", "exclusions", "objectives", "places", "restores", "retention", "server"]
