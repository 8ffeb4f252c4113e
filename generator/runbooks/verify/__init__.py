"""The third wall: a built site is read before it is published, and whatever gives monitoring away is found.

It knows from the records what may not be there, and trusts nothing that made the site: not the marks of a page, not
the place of a file, not its ending. It reads text in every form that a browser undoes (entities, percent signs,
escapes of scripts, compressed sitemaps). What it cannot read is pictures, archives and enciphered text.
"""

from __future__ import annotations

from runbooks.verify.wall import Read, leaks

__all__ = ["Read", "leaks"]
