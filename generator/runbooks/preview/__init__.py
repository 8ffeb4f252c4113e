"""The site while it is written: a save shows in the browser at once, with what the gate finds at the top of the page.

A build makes every page. A preview makes those that somebody looks at, each when it is asked for, so that it is as
quick with a thousand clients as with one.
"""

from __future__ import annotations

from runbooks.preview.server import serve
from runbooks.preview.studio import Studio

__all__ = ["Studio", "serve"]
