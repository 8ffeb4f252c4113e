"""Putting a freshly built tree in place of the published site without ever leaving half of one.

The site is a link to one of the trees in a hidden folder beside it, each of which is a release and is never written
again. A new tree shares with the published one the files that are the same, is verified, and then the link is replaced
in one step. Where that cannot be done (links that may not be made, a link that may not be replaced, a real folder which
becomes a link), two renames do it; between them there is no site for a moment, and what a kill leaves there the next
start puts back.

Files are not flushed to the disk one by one: this is about kills and full disks, not about the power cut.
"""

from __future__ import annotations

from runbooks.publish.back import go_back
from runbooks.publish.place import MARKER, PublishError, is_published
from runbooks.publish.releases import Release, releases
from runbooks.publish.sealed import Sealed, sealed_files, seals, stand
from runbooks.publish.spare import begun
from runbooks.publish.swap import Published, Staging, VerificationError, publish, published, staging
from runbooks.publish.tree import Held

__all__ = [
    "MARKER",
    "Held",
    "PublishError",
    "Published",
    "Release",
    "Sealed",
    "Staging",
    "VerificationError",
    "begun",
    "go_back",
    "is_published",
    "publish",
    "published",
    "releases",
    "sealed_files",
    "seals",
    "staging",
    "stand",
]
