"""The type check: refuses trees that parse but mean nothing.

Checks run in Prometheus's order, so that of several faults the same one is named. Source: prometheus/prometheus,
promql/parser/parse.go (checkAST).
"""

from __future__ import annotations

from watchglass.errors import QuerySyntaxError
from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import Matcher, MatchType
from watchglass.promql.ast import (
    COMPARISON_OPERATORS,
    PARAMETER_AGGREGATORS,
    SET_OPERATORS,
    AggregateExpr,
    BinaryExpr,
    Call,
    Cardinality,
    Expr,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    ValueType,
    VectorSelector,
    left_chain,
)
from watchglass.promql.cursor import Cursor
from watchglass.promql.scan import bytes_view
from watchglass.regex import compile_anchored
from watchglass.wire.quoting import go_quote

_OPERAND_TYPES = (ValueType.SCALAR, ValueType.VECTOR)


def check_types(cursor: Cursor, expr: Expr) -> None:
    """Check a whole tree; complaints go through the cursor, which knows the query's text.

    Raises:
        QuerySyntaxError: the first fault.
    """
    match expr:
        case VectorSelector():
            _check_selector(cursor, expr)
        case MatrixSelector():
            _check_selector(cursor, expr.selector)
        case Call():
            _check_call(cursor, expr)
        case AggregateExpr():
            _check_aggregate(cursor, expr)
        case BinaryExpr():
            first, links = left_chain(expr)
            check_types(cursor, first)
            for link in links:
                check_types(cursor, link.rhs)
                _check_binary(cursor, link)
        case ParenExpr():
            check_types(cursor, expr.expr)
        case UnaryExpr():
            check_types(cursor, expr.expr)
            _check_unary(cursor, expr)
        case SubqueryExpr():
            check_types(cursor, expr.expr)
            _check_subquery(cursor, expr)


def _check_selector(cursor: Cursor, selector: VectorSelector) -> None:
    if selector.name:
        for matcher in selector.matchers[:-1]:
            if matcher.name == METRIC_NAME:
                names = f"{go_quote(selector.name)} or {go_quote(matcher.value)}"
                raise cursor.error(f"metric name must not be set twice: {names}", selector.span.start)
    elif all(matches_empty(matcher) for matcher in selector.matchers):
        raise cursor.error("vector selector must contain at least one non-empty matcher", selector.span.start)


def matches_empty(matcher: Matcher) -> bool:
    """Whether series without the label pass; a selector of nothing else would select every series."""
    match matcher.type:
        case MatchType.EQUAL:
            return matcher.value == ""
        case MatchType.NOT_EQUAL:
            return matcher.value != ""
        case MatchType.REGEX:
            return compile_anchored(matcher.value)("")
        case MatchType.NOT_REGEX:
            return not compile_anchored(matcher.value)("")


def _check_aggregate(cursor: Cursor, expr: AggregateExpr) -> None:
    _expect_type(cursor, expr.expr, ValueType.VECTOR, "aggregation expression")
    if expr.param is not None:
        assert expr.op in PARAMETER_AGGREGATORS
        wanted = ValueType.STRING if expr.op == "count_values" else ValueType.SCALAR
        _expect_type(cursor, expr.param, wanted, "aggregation parameter")


def _expect_type(cursor: Cursor, expr: Expr, wanted: ValueType, where: str) -> None:
    check_types(cursor, expr)
    if expr.type is not wanted:
        raise _type_error(cursor, expr, wanted, where)


def _type_error(cursor: Cursor, expr: Expr, wanted: ValueType, where: str) -> QuerySyntaxError:
    message = f"expected type {wanted.documented} in {where}, got {expr.type.documented}"
    return cursor.error(message, expr.span.start)


def _check_call(cursor: Cursor, call: Call) -> None:
    function = call.function
    _check_count(cursor, call)
    if function.name == "info" and len(call.args) > 1:
        _check_info(cursor, call)
        return
    for index, arg in enumerate(call.args):
        wanted = function.arg_types[min(index, len(function.arg_types) - 1)]
        check_types(cursor, arg)
        if arg.type is not wanted:
            raise _type_error(cursor, arg, wanted, f'call to function "{function.name}"')


def _check_count(cursor: Cursor, call: Call) -> None:
    declared, given, variadic = len(call.function.arg_types), len(call.args), call.function.variadic
    if variadic == 0:
        least = most = declared
        quantity = ""
    else:
        least, most = declared - 1, (given if variadic < 0 else declared - 1 + variadic)
        quantity = "at least " if given < least else "at most "
    if not least <= given <= most:
        wanted = least if given < least else most
        message = f"expected {quantity}{wanted} argument(s) in call to {go_quote(call.name)}, got {given}"
        raise cursor.error(message, call.span.start)


def _check_info(cursor: Cursor, call: Call) -> None:
    """`info(v, {selector})`: the selector only filters labels, so it names no metric and may match everything."""
    vector, filters = call.args
    where = 'call to function "info"'
    if filters.type is not ValueType.VECTOR:
        message = f"expected type instant vector in {where}, got {filters.type.documented}"
        raise cursor.error(message, call.span.start)
    if not isinstance(filters, VectorSelector):
        raise cursor.error("expected label selectors only", filters.span.start)
    if filters.name:
        raise cursor.error("expected label selectors only, got vector selector instead", filters.span.start)
    _expect_type(cursor, vector, ValueType.VECTOR, where)


def _check_unary(cursor: Cursor, expr: UnaryExpr) -> None:
    if expr.expr.type not in _OPERAND_TYPES:
        message = "unary expression only allowed on expressions of type scalar or instant vector"
        raise cursor.error(f"{message}, got {go_quote(expr.expr.type.documented)}", expr.span.start)


def _check_subquery(cursor: Cursor, expr: SubqueryExpr) -> None:
    if expr.expr.type is not ValueType.VECTOR:
        message = f"subquery is only allowed on instant vector, got {expr.expr.type.value} instead"
        raise cursor.error(message, expr.span.start)


def _check_binary(cursor: Cursor, expr: BinaryExpr) -> None:
    is_comparison = expr.op in COMPARISON_OPERATORS
    if expr.return_bool and not is_comparison:
        raise cursor.error("bool modifier can only be used on comparison operators", _operator_start(cursor, expr))
    if is_comparison and not expr.return_bool and expr.type is ValueType.SCALAR:
        raise cursor.error("comparisons between scalars must use BOOL modifier", _operator_start(cursor, expr))
    _check_include(cursor, expr)
    for side in (expr.lhs, expr.rhs):
        if side.type not in _OPERAND_TYPES:
            raise cursor.error("binary expression must contain only scalar and instant vector types", side.span.start)
    if not expr.lhs.type is expr.rhs.type is ValueType.VECTOR:
        _check_without_vectors(cursor, expr)
    elif expr.op in SET_OPERATORS:
        _check_set_operator(cursor, expr)


def _operator_start(cursor: Cursor, expr: BinaryExpr) -> int:
    """Where the operator stands: after the left side and blanks."""
    start = expr.lhs.span.end
    text = bytes_view(cursor.query)
    while text[start] in " \t\n\r":
        start += 1
    return start


def _check_include(cursor: Cursor, expr: BinaryExpr) -> None:
    matching = expr.matching
    if matching is None or not matching.on:
        return
    for label in matching.labels:
        if label in matching.include:
            message = f"label {go_quote(label)} must not occur in ON and GROUP clause at once"
            raise cursor.error(message, _operator_start(cursor, expr))


def _check_without_vectors(cursor: Cursor, expr: BinaryExpr) -> None:
    """Not both sides are instant vectors."""
    matching = expr.matching
    if matching and matching.labels:
        raise cursor.error("vector matching only allowed between instant vectors", expr.span.start)
    if matching and (matching.fill_left is not None or matching.fill_right is not None):
        raise cursor.error("filling in missing series only allowed between instant vectors", expr.span.start)
    if expr.op in SET_OPERATORS:
        message = f"set operator {go_quote(expr.op)} not allowed in binary scalar expression"
        raise cursor.error(message, expr.span.start)


def _check_set_operator(cursor: Cursor, expr: BinaryExpr) -> None:
    matching = expr.matching
    assert matching is not None  # the parser gives one to every pair of vectors
    if matching.card is not Cardinality.MANY_TO_MANY:
        raise cursor.error(f"no grouping allowed for {go_quote(expr.op)} operation", expr.span.start)
    if matching.fill_left is not None or matching.fill_right is not None:
        raise cursor.error("filling in missing series not allowed for set operators", expr.span.start)
