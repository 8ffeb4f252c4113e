"""Going back to a release, or forward again."""

from __future__ import annotations

from pathlib import Path

from runbooks.publish.marker import marker
from runbooks.publish.place import PublishError, current, hidden_folder
from runbooks.publish.releases import Release, the_release
from runbooks.publish.swap import Link, Verify, held, switch, symlink, tidy, verified


def go_back(
    site_dir: Path, release: str, verify: Verify, *, root: Path | None = None, wait: float = 0, link: Link = symlink
) -> Release:
    """Make a release of old the site again, if `verify` finds nothing wrong with it today. The one left is kept.

    PublishError when there is no such release, or its files have changed; VerificationError with what was found.
    """
    with held(site_dir, root, wait) as site:
        trees = hidden_folder(site)
        wanted = the_release(site, release)
        now = current(site, trees)
        left = marker(now)
        if now is not None and left.only != wanted.only:
            raise PublishError(f"release {release} of {site} was made for others than the site of today")
        if wanted.current:
            return wanted
        verified(verify, wanted.tree)
        switch(site, wanted.tree, link)
        tidy(site, trees, left.release)
        return the_release(site, release)
