"""Listening to MkDocs: every warning of it counts, and none of it reaches the terminal by itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mkdocs.exceptions import Abort, MkDocsException

from runbooks.templates import BrokenTemplate, place_of

_PATHS: Final = re.compile(r" in search paths?: .*", re.DOTALL)
"""Where Jinja has looked for a template: folders of this machine, which say nothing to whoever reads it elsewhere."""


class BuildFailed(Exception):
    """MkDocs could not build the site, or warned about it."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(_shown(record.getMessage()))


@contextmanager
def listening() -> Iterator[list[str]]:
    """What MkDocs warns of, in its order.

    Raises:
        BuildFailed: when MkDocs, or a template of the theme, fails.
    """
    heard, log = _Warnings(), logging.getLogger("mkdocs")
    before = (log.level, log.propagate)
    log.addHandler(heard)
    # MkDocs counts warnings only where its logger lets them through, so its level is set here and nowhere else.
    log.setLevel(logging.WARNING)
    log.propagate = False
    try:
        yield heard.messages
    except (MkDocsException, Abort) as error:
        raise BuildFailed([*heard.messages, _shown(str(error))]) from error
    except BrokenTemplate as error:
        why = _shown(error.message or type(error).__name__)
        raise BuildFailed([*heard.messages, _where(error) + why]) from error
    finally:
        log.removeHandler(heard)
        log.setLevel(before[0])
        log.propagate = before[1]


def _shown(message: str) -> str:
    return _PATHS.sub(" among the templates of the theme", message)


def _where(error: BrokenTemplate) -> str:
    """The file and line of a template of the theme, where they are known."""
    file, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    found = (file, line) if file else place_of(error)
    return f"{found[0]}, line {found[1]}: " if found else "a template of the theme: "
