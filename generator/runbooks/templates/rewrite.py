"""What is done to a template between reading it and making code of it: each value gets the rule of its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from runbooks import places

LOOP_STEPS = 40
"""Work that one round of a loop counts as, beside the characters of its body."""

_FORBIDDEN: dict[type[nodes.Node], str] = {
    nodes.FilterBlock: "{% filter %} is not available",
    nodes.EvalContextModifier: "escaping cannot be turned off",
    nodes.ScopedEvalContextModifier: "escaping cannot be turned off",
}


class _Expressions(NodeTransformer):
    """Replaces `~`, which would escape text next to markup for HTML but not for Markdown."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _call("concatenated", node.nodes, node.lineno)


def _call(function: str, arguments: Sequence[nodes.Node], line: int) -> nodes.Expr:
    """A call of something of the environment that a template cannot name."""
    return nodes.Call(nodes.EnvironmentAttribute(function), list(arguments), [], None, None, lineno=line)


def prepare(tree: nodes.Template) -> Iterator[str]:
    """Refuses what is not available, and rewrites a template so that each value is written by its place.

    Gives the names of the templates that it includes or imports.
    """
    for forbidden, message in _FORBIDDEN.items():
        for node in tree.find_all(forbidden):
            raise places.Undecided(node.lineno, message)
    yield from _parts(tree)
    for block in tree.find_all(nodes.AssignBlock):
        if block.filter is not None:
            raise places.Undecided(block.lineno, "{% set %} with a filter is not available")
    _Expressions().visit(tree)
    bodies = [tree.body]
    while bodies:
        _place(bodies.pop(), bodies)
    for loop in tree.find_all(nodes.For):
        if loop.recursive:
            raise places.Undecided(loop.lineno, "recursive loops are not available")
        weight = LOOP_STEPS + sum(len(data.data) for data in loop.find_all(nodes.TemplateData))
        loop.iter = _call("counted", [loop.iter, nodes.Const(weight)], loop.lineno)


def reads_markup(tree: nodes.Template) -> bool:
    """Whether a template may look at what a macro or a block of its own has written, which must be bare then.

    To be asked before the template is prepared.
    """
    if any(True for _ in tree.find_all((nodes.AssignBlock, nodes.CallBlock))):
        return True
    written = {id(child) for output in tree.find_all(nodes.Output) for child in output.nodes}
    return any(id(call) not in written for call in tree.find_all(nodes.Call) if not _of_ours(call))


def _of_ours(call: nodes.Call) -> bool:
    """Whether what is called gives plain values: numbers, and names for what a template counts."""
    return isinstance(call.node, nodes.Name) and call.node.name in ("range", "namespace")


def _parts(tree: nodes.Template) -> Iterator[str]:
    """The names of the templates that a template includes, imports or extends; they are constants, so all are known."""
    kinds: tuple[type[nodes.Node], ...] = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
    for node in tree.find_all(kinds):
        name = getattr(node, "template")  # noqa: B009 - all four have one, which their common class does not say
        if not isinstance(name, nodes.Const) or not isinstance(name.value, str):
            raise places.Undecided(node.lineno, "the name of a template is written out, not computed")
        yield name.value


_Holder: TypeAlias = tuple[nodes.Output, int] | None


def _place(body: list[nodes.Node], bodies: list[list[nodes.Node]]) -> None:
    """Decides the places of one body that is written as a whole; the bodies of its macros and blocks go to `bodies`."""
    found = list(_pieces(body, bodies))
    for (piece, holder), result in zip(found, places.decide([piece for piece, _ in found]), strict=True):
        if holder is None:
            continue
        output, at = holder
        if piece.kind is places.Kind.TEXT:
            output.nodes[at] = nodes.TemplateData(result, lineno=piece.line)
        else:
            output.nodes[at] = _call(f"written.{result}", [output.nodes[at]], piece.line)


def _pieces(body: Iterable[nodes.Node], bodies: list[list[nodes.Node]]) -> Iterator[tuple[places.Piece, _Holder]]:
    for node in body:
        match node:
            case nodes.Output():
                yield from _output(node)
            case nodes.If():
                branches = [node.body, *(branch.body for branch in node.elif_), node.else_]
                yield from _branches(branches, node.lineno, bodies)
            case nodes.For():
                yield from _branches([node.body, node.else_], node.lineno, bodies)
            case nodes.With():
                yield from _branches([node.body], node.lineno, bodies)
            case nodes.Include() | nodes.CallBlock() | nodes.Block():
                yield places.Piece(places.Kind.EMBED, node.lineno), None
            case nodes.Macro() | nodes.AssignBlock() | nodes.Assign() | nodes.Import() | nodes.FromImport():
                pass
            case nodes.Extends():
                pass
            case _:
                raise places.Undecided(node.lineno, f"{type(node).__name__} is not available in templates")
        if isinstance(node, nodes.CallBlock | nodes.Block | nodes.Macro | nodes.AssignBlock):
            bodies.append(node.body)


def _output(node: nodes.Output) -> Iterator[tuple[places.Piece, _Holder]]:
    for at, child in enumerate(node.nodes):
        if isinstance(child, nodes.TemplateData):
            yield places.Piece(places.Kind.TEXT, child.lineno, child.data), (node, at)
        else:
            yield places.Piece(places.Kind.VALUE, child.lineno), (node, at)


def _branches(
    branches: Sequence[list[nodes.Node]], line: int, bodies: list[list[nodes.Node]]
) -> Iterator[tuple[places.Piece, _Holder]]:
    edge = places.Kind.OPEN
    for branch in branches:
        yield places.Piece(edge, line), None
        yield from _pieces(branch, bodies)
        edge = places.Kind.NEXT
    yield places.Piece(places.Kind.CLOSE, line), None
