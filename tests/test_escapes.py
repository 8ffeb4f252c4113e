"""Links of a built page: the short way to an address says what the long one says."""

from __future__ import annotations

import posixpath

from hypothesis import example, given
from hypothesis import strategies as st

from runbooks.verify.escapes import address, linked, path_of

STEPS = (
    "..",
    ".",
    "",
    "a",
    "North-Bay",
    "index.html",
    "readme.md",
    "x.html",
    "b.c",
    "..a",
    "%2e%2e",
    "%41",
    "é",
    "\\",
    "#x",
    "?q=1",
)
links = st.lists(st.sampled_from(STEPS), max_size=6).map("/".join)
folders = st.sampled_from(("", "clients/a", "clients/A/setup-b", "/x/", "a.b/c", "a//b", "../x", "é"))


@given(links, folders)
@example("../../north-bay/monitoring/", "clients/a/setup-b")
@example("../" * 9 + "index.html", "clients/a")
def test_a_link_leads_where_every_step_of_it_leads(link: str, folder: str):
    plain = posixpath.normpath(posixpath.join("/", folder, path_of(link.replace("\\", "/"))))
    assert linked(link, folder) == address(plain)
