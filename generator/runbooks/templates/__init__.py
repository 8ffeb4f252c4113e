"""Templates: Markdown with Jinja in a sandbox, where every value is written by the rules of the place it stands in."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, TypeAlias

import jinja2

from runbooks.escape import Unquotable
from runbooks.templates import written
from runbooks.templates.loader import Loader
from runbooks.templates.sandbox import MAX_STEPS, Environment

__all__ = [
    "BrokenTemplate",
    "Environment",
    "Loader",
    "TemplateProblem",
    "environment",
    "place_of",
    "render",
    "render_text",
    "sources",
]

BrokenTemplate: TypeAlias = jinja2.TemplateError
"""What a template of the theme raises, which MkDocs renders; one of ours raises `TemplateProblem`."""

MAX_OUTPUT = 5_000_000
"""Characters one rendering may write."""


class TemplateProblem(Exception):
    """A template that cannot be loaded or rendered; `file` is as the loader names it, `line` counts from 1."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file = file
        self.line = line
        self.message = message


def environment(loader: Loader, functions: Mapping[str, Callable[..., Any]] | None = None) -> Environment:
    """An environment for one build; `functions` are available to every template and give text or `Prose`."""
    return Environment(loader, functions or {})


def render(env: Environment, name: str, context: Mapping[str, Any]) -> str:
    """A template by name, rendered; raises `TemplateProblem`. The context is plain data, prose, and functions."""
    try:
        template = env.get_template(name)
    except Exception as problem:
        raise _problem(problem, name) from problem
    return _run(env, template, context)


def render_text(env: Environment, source: str, name: str, context: Mapping[str, Any], first_line: int = 1) -> str:
    """A template given as text, rendered; messages name the file `name`, in which the text starts at `first_line`."""
    key = (name, first_line, source)
    if key not in env.texts:
        # A comment brings the line numbers in step; Jinja drops it together with the line break after it.
        ahead = "{#" + "\n" * (first_line - 2) + "#}\n" if first_line > 1 else ""
        try:
            code = env.compile(ahead + source, name, name)
        except Exception as problem:
            raise _problem(problem, name) from problem
        env.texts[key] = jinja2.Template.from_code(env, code, env.make_globals(None))
    return _run(env, env.texts[key], context)


def sources(env: Environment, name: str) -> tuple[str, ...]:
    """The names of a template and of all that it includes or imports, sorted; it must have been rendered before."""
    found: set[str] = set()
    open_names = {name}
    while open_names:
        found |= open_names
        open_names = {part for each in open_names for part in env.parts.get(each, ())} - found
    return tuple(sorted(found))


def _run(env: Environment, template: jinja2.Template, context: Mapping[str, Any]) -> str:
    for key, value in context.items():
        if not isinstance(value, FunctionType | functools.partial):
            written.check_plain(value, key)
    token = env.steps.set([MAX_STEPS])
    parts: list[str] = []
    size = 0
    try:
        for part in template.generate(context):
            parts.append(part)
            size += len(part)
            if size > MAX_OUTPUT:
                break
    except Exception as problem:
        raise _problem(problem, template.filename or template.name or "") from problem
    finally:
        env.steps.reset(token)
    if size > MAX_OUTPUT:
        raise TemplateProblem(template.filename or "", 1, f"writes more than {MAX_OUTPUT} characters")
    return "".join(parts)


def place_of(problem: BaseException) -> tuple[str, int] | None:
    """The file and line at which a template failed, which Jinja has written into the traceback, if it has."""
    found, trace = None, problem.__traceback__
    while trace is not None:
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            found = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return found


def _problem(problem: Exception, file: str) -> TemplateProblem:
    """Any failure of a template as a problem at its line."""
    if isinstance(problem, TemplateProblem):
        return problem
    if isinstance(problem, jinja2.TemplateSyntaxError):
        return TemplateProblem(problem.filename or file, problem.lineno, problem.message or "not a template")
    (file, line), message = place_of(problem) or (file, 1), str(problem) or type(problem).__name__
    if isinstance(problem, RecursionError):
        message = "the template includes or calls itself without end"
    elif not isinstance(problem, jinja2.TemplateError | Unquotable | written.Unwritable):
        message = f"{message} ({type(problem).__name__})"
    return TemplateProblem(file, line, message)
