"""A parsed query as JSON, in the shape that the tree view of Prometheus's UI reads from `parse_query`.

Written as bytes and not as dictionaries, so that a chain of thousands of operators needs no recursion.
Source of the shape: prometheus/prometheus, web/api/v1/translate_ast.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from watchglass.model.matcher import Matcher
from watchglass.promql.ast import (
    AggregateExpr,
    AtKind,
    AtModifier,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorMatching,
    VectorSelector,
    left_chain,
)
from watchglass.promql.numbers import format_number
from watchglass.wire.quoting import printable


def tree_json(expr: Expr) -> bytes:
    """The tree below a node, as one JSON object."""
    first, links = left_chain(expr)
    parts = [b'{"type":"binaryExpr","lhs":'] * len(links)
    parts.append(_single(first))
    parts += map(_link, links)
    return b"".join(parts)


def _link(link: BinaryExpr) -> bytes:
    """What follows the left operand."""
    rest = _json({"op": link.op, "bool": link.return_bool, "matching": _matching(link.matching)})
    return b',"rhs":%b,%b' % (tree_json(link.rhs), rest[1:])


def _single(expr: Expr) -> bytes:
    """Anything but a binary operation."""
    match expr:
        case NumberLiteral():
            return _json({"type": "numberLiteral", "val": format_number(expr.value)})
        case StringLiteral():
            return _json({"type": "stringLiteral", "val": printable(expr.value)})
        case VectorSelector():
            return _json({"type": "vectorSelector"} | _selector(expr))
        case MatrixSelector():
            return _json({"type": "matrixSelector", "range": expr.range_ms} | _selector(expr.selector))
        case SubqueryExpr():
            return _node(_subquery(expr), expr=tree_json(expr.expr))
        case Call():
            return _node({"type": "call", "func": _function(expr)}, args=_list(map(tree_json, expr.args)))
        case AggregateExpr():
            param = b"null" if expr.param is None else tree_json(expr.param)
            own = {"type": "aggregation", "op": expr.op, "grouping": expr.grouping, "without": expr.without}
            return _node(own, expr=tree_json(expr.expr), param=param)
        case UnaryExpr():
            return _node({"type": "unaryExpr", "op": expr.op}, expr=tree_json(expr.expr))
        case ParenExpr():
            return _node({"type": "parenExpr"}, expr=tree_json(expr.expr))
    raise RuntimeError(f"BUG: no JSON for {type(expr).__name__}")


def _selector(selector: VectorSelector) -> dict[str, Any]:
    return {
        "name": printable(selector.name),
        "offset": selector.offset_ms,
        "matchers": [_matcher(each) for each in selector.matchers],
        **_at(selector.at),
        "anchored": selector.anchored,
        "smoothed": selector.smoothed,
    }


def _subquery(expr: SubqueryExpr) -> dict[str, Any]:
    # Prometheus can align the steps of a subquery to its evaluation time by a syntax that we do not have.
    own = {"type": "subquery", "range": expr.range_ms, "offset": expr.offset_ms, "step": expr.step_ms or 0}
    return own | _at(expr.at) | {"alignEvalTime": False}


def _at(at: AtModifier | None) -> dict[str, Any]:
    if at is None:
        return {"timestamp": None, "startOrEnd": None}
    if at.kind is AtKind.TIMESTAMP:
        return {"timestamp": at.timestamp_ms, "startOrEnd": None}
    return {"timestamp": None, "startOrEnd": at.kind.value}


def _matcher(matcher: Matcher) -> dict[str, str]:
    return {"name": printable(matcher.name), "value": printable(matcher.value), "type": matcher.type.value}


def _function(call: Call) -> dict[str, Any]:
    known = call.function
    return {
        "name": known.name,
        "argTypes": [each.value for each in known.arg_types],
        "variadic": known.variadic,
        "returnType": known.return_type.value,
    }


def _matching(matching: VectorMatching | None) -> dict[str, Any] | None:
    if matching is None:
        return None
    return {
        "card": matching.card.value,
        "labels": [printable(each) for each in matching.labels],
        "on": matching.on,
        "include": [printable(each) for each in matching.include],
        "fillValues": {"lhs": matching.fill_left, "rhs": matching.fill_right},
    }


def _node(own: dict[str, Any], **children: bytes) -> bytes:
    """An object of plain fields, and of children that are JSON already."""
    tail = b"".join(b',"%b":%b' % (name.encode(), child) for name, child in children.items())
    return _json(own)[:-1] + tail + b"}"


def _list(items: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(items) + b"]"


def _json(content: Any) -> bytes:
    return orjson.dumps(content)
