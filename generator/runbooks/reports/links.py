"""Where things are: the page of a rule, and the files as the repository around the site knows them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from runbooks.rules.registry import RULES

_IN_ADDRESS = ":/?#[]@!$&'()*+,;=%~"


def url(code: str, site_url: str) -> str:
    """The page of a rule; below nothing where the address of the site is not known."""
    page = RULES[code].address
    return f"{site_url.rstrip('/')}/{page}" if site_url else page


def absolute(code: str, site_url: str) -> str:
    """The page of a rule as a URI that stands by itself; empty where the address of the site is not one."""
    if not site_url.startswith(("http://", "https://")):
        return ""
    return quote(url(code, site_url), safe=_IN_ADDRESS, errors="surrogateescape")


def uri(file: str) -> str:
    """A relative path as a relative URI."""
    return quote(file, safe="/", errors="surrogateescape")


def prefix(root: Path) -> str:
    """What stands before the path of every file in the repository that the site lies in; empty where it is its top.

    Services that show findings beside the code know files by their path from there.
    """
    folder = root.resolve()
    for above in (folder, *folder.parents):
        if (above / ".git").exists():
            inside = folder.relative_to(above).as_posix()
            return "" if inside == "." else f"{inside}/"
    return ""
