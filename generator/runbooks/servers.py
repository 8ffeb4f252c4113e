"""What a web server needs to know of a built site, in the site itself: the policy for browsers, samples of settings.

They belong to the release, so that going back brings what fits. No server gives them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from runbooks import headers, site
from runbooks.shelf import Shelf
from runbooks.sound import Sound

FOLDER: Final = ".server"
POLICY: Final = "csp.txt"
SAMPLES: Final = ("Caddyfile", "README.txt", "apache.conf", "nginx.conf")
PLACE: Final = "@POLICY@"
"""What a sample has where the policy belongs."""


def write(tree: Path, root: Path) -> None:
    """Write the policy and the samples into a built site; a site's own templates/server comes first."""
    folder = tree / FOLDER
    folder.mkdir(exist_ok=True)
    policy = headers.policy(tree)
    _write(folder / POLICY, f"{policy}\n")
    for name in SAMPLES:
        own = root / "templates" / "server" / name
        sample = own if own.is_file() else site.shipped() / "server" / name
        _write(folder / name, sample.read_text(encoding="utf-8").replace(PLACE, policy))


def policy(tree: Path) -> str:
    """The policy that a site was published with; nothing where it was published without."""
    try:
        return (tree / FOLDER / POLICY).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def told(before: str, now: str) -> str:
    """What the administrator has to do when a site takes the place of another; nothing when it is nothing."""
    if not before or before == now:
        return ""
    return f"Browsers need another policy than before: bring {FOLDER}/{POLICY} to the web server, and reload it."


def refusals(tree: Path, shelf: Shelf | None = None, seals: Mapping[str, str] = MappingProxyType({})) -> str:
    """A warning of what browsers will not do, or show, under the policy; nothing where there is none.

    `shelf` remembers the pages in which there is nothing of that, `seals` are digests of what all files hold.
    """
    sound = Sound(shelf or Shelf(None), repr(("refused", *map(sorted, headers.frame(tree)))), seals)
    pages = [name for name in headers.pages_of(tree, seals) if not sound.has(name)]
    found: dict[str, list[str]] = {}
    for page, kind in headers.refused(tree, pages):
        found.setdefault(kind, []).append(page)
    sound.keep(set(pages).difference(*found.values()))
    lines = [f"  {kind}: {_some(names)}" for kind, names in sorted(found.items())]
    return (
        "\n".join(("Refused by browsers, because the policy allows only files of the site:", *lines)) if lines else ""
    )


def _some(pages: list[str]) -> str:
    more = f" and {len(pages) - 3} more pages" if len(pages) > 3 else ""
    return ", ".join(pages[:3]) + more


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
