"""Secrets: found in every file of a site as it is read, named without being shown, and taken out of what was read.

Nothing is guessed from how random a text looks. A secret is what stands under a name that promises one, what running
text or a command tells as one, and what has the shape of a provider's token.
"""

from __future__ import annotations

from runbooks.secrets.reading import REMOVED, named, problems_of, read, told_again, without
from runbooks.secrets.scan import Secret, secrets_in
from runbooks.secrets.words import masked

__all__ = ["REMOVED", "Secret", "masked", "named", "problems_of", "read", "secrets_in", "told_again", "without"]
