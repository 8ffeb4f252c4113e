"""What a page costs before anybody searches, from a plain server that compresses nothing: a phone may be far away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browsing import Served, longest_of_each_kind

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("access")]

MOST = 300_000
"""Bytes that a page may take, with everything it asks for by itself."""
FRAME = 240_000
"""Bytes that a page may ask for beside its own text. What is on paper may be as long as it needs."""


@pytest.fixture
def site(served: Served) -> Iterator[Served]:
    yield served
    served.leave()


def taken(site: Served, path: str) -> dict[str, int]:
    """The bytes of everything that a page asks for, as they came through the wire, heads of answers included."""
    page: Page = site.open("404.html")
    wire: CDPSession = page.context.new_cdp_session(page)
    names: dict[str, str] = {}
    found: dict[str, int] = {}
    wire.on("Network.requestWillBeSent", lambda one: names.update({one["requestId"]: one["request"]["url"]}))

    def ended(one: dict[str, Any]) -> None:
        """What the page before has asked for may end after this one has begun to listen."""
        if one["requestId"] in names:
            found[names[one["requestId"]]] = one["encodedDataLength"]

    wire.on("Network.loadingFinished", ended)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(site.address + path, wait_until="networkidle")
    page.context.close()
    return {url.removeprefix(site.address): round(size) for url, size in found.items()}


def test_a_page_of_any_kind_takes_less_than_300_kb_before_anybody_searches(site: Served):
    heavy = {}
    for kind, path in {**longest_of_each_kind(site), "not there": "404.html"}.items():
        files = taken(site, path)
        frame = sum(files.values()) - files[path]
        assert {"assets/stylesheets/main.css", "assets/stylesheets/palette.css"} <= set(files), f"{kind}: {files}"
        if frame > FRAME or (frame + files[path] > MOST and kind != "print"):
            heavy[f"{kind} {path}"] = files
    assert heavy == {}
