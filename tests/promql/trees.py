"""Random well-typed trees of PromQL.

They are not always trees that a text parses to: operands may bind looser than their operator. Formatting puts parentheses
around those, so compare without them (`without_parentheses`).
"""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import strategies as st

from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import Matcher, MatchType
from watchglass.promql.ast import (
    AGGREGATORS,
    COMPARISON_OPERATORS,
    PARAMETER_AGGREGATORS,
    SET_OPERATORS,
    AggregateExpr,
    AtKind,
    AtModifier,
    BinaryExpr,
    Call,
    Cardinality,
    DurationOp,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    ValueType,
    VectorMatching,
    VectorSelector,
    transform,
)
from watchglass.promql.format import format_matcher
from watchglass.promql.functions_table import FUNCTIONS
from watchglass.promql.kinds import METRIC_WORDS

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.one_of(
    st.floats(allow_nan=False).filter(lambda value: value != 0), st.integers(0, 10**6).map(float), st.just(math.nan)
)
DURATIONS_MS = st.integers(1, 10**10)
METRIC_NAMES = st.one_of(
    st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,5}", fullmatch=True),
    st.sampled_from(sorted(METRIC_WORDS)).filter(lambda word: " " not in word),
)
LABEL_NAMES = st.one_of(st.sampled_from(["job", "le", "by", "sum", "without", "Inf", "a.b", "é"]), TEXTS.filter(bool))
PLAIN_LABEL_NAMES = st.sampled_from(["job", "instance", "le", "x", "y_1"])
AT_MODIFIERS = st.one_of(
    st.builds(AtModifier, st.just(AtKind.TIMESTAMP), st.integers(-(10**12), 10**13)),
    st.sampled_from([AtModifier(AtKind.START), AtModifier(AtKind.END)]),
)
NEWER_THAN_2_42 = {"first_over_time", "histogram_avg", "histogram_stddev", "histogram_stdvar"}
NOTHING, NEVER = st.none(), st.just(False)


def without_parentheses(expr):
    """The tree without its ParenExpr nodes."""
    return transform(expr, lambda node: node.expr if isinstance(node, ParenExpr) else node)


def _later(method):
    """The strategy that a method returns, made at first use, because strategies are recursive."""
    return st.deferred(lambda: method())  # noqa: PLW0108 - only a plain function will do


class Trees:
    """Strategies for trees of each type; `portable` ones are read alike by other parsers of PromQL."""

    def __init__(self, *, portable=False):
        self.portable = portable
        self.label_names = PLAIN_LABEL_NAMES if portable else LABEL_NAMES
        self.texts = st.from_regex(r"[a-z ]{0,5}", fullmatch=True) if portable else TEXTS
        self.scalars = _later(self._scalars)
        self.vectors = _later(self._vectors)
        self.matrices = st.one_of(_later(self._matrix_selectors), _later(self._subqueries))
        self.strings = st.builds(StringLiteral, self.texts)
        self.by_type = {
            ValueType.SCALAR: self.scalars,
            ValueType.VECTOR: self.vectors,
            ValueType.MATRIX: self.matrices,
            ValueType.STRING: self.strings,
        }
        self.expressions = st.one_of(self.vectors, self.scalars, self.matrices, self.strings)

    def _literals(self):
        if self.portable:
            return st.builds(NumberLiteral, st.integers(0, 999_999).map(float))
        return st.one_of(
            st.builds(NumberLiteral, NUMBERS),
            st.builds(NumberLiteral, DURATIONS_MS.map(lambda ms: ms // 1000 + ms % 1000 / 1000), st.just(True)),
        )

    def _scalars(self):
        return st.one_of(
            self._literals(),
            self._calls(ValueType.SCALAR),
            self._binary(["+", "-", "*", "/", "%", "^", "atan2"], self.scalars, self.scalars),
            self._binary(sorted(COMPARISON_OPERATORS), self.scalars, self.scalars, bools=st.just(True)),
            st.builds(UnaryExpr, st.just("-"), self._calls(ValueType.SCALAR)),
        )

    def _vectors(self):
        arithmetic = ["+", "-", "*", "/", "%", "^", "atan2", *([] if self.portable else ["</", ">/"])]
        comparisons = sorted(COMPARISON_OPERATORS)
        return st.one_of(
            self.selectors(),
            self._calls(ValueType.VECTOR),
            self._aggregations(),
            self._binary(arithmetic, self.vectors, self.scalars),
            self._binary(arithmetic, self.scalars, self.vectors),
            self._binary(comparisons, self.vectors, self.scalars, bools=st.booleans()),
            self._binary(comparisons, self.scalars, self.vectors, bools=st.booleans()),
            self._binary(arithmetic, self.vectors, self.vectors, matching=self._matching()),
            self._binary(sorted(SET_OPERATORS), self.vectors, self.vectors, matching=self._set_matching()),
            st.builds(UnaryExpr, st.sampled_from("-" if self.portable else "+-"), self.vectors),
        )

    def _matchers(self):
        names = st.sampled_from(["job", "instance", "x"]) if self.portable else self.label_names
        plain = st.builds(Matcher, names, st.sampled_from([MatchType.EQUAL, MatchType.NOT_EQUAL]), self.texts)
        regex = st.builds(
            Matcher,
            names,
            st.sampled_from([MatchType.REGEX, MatchType.NOT_REGEX]),
            st.sampled_from(["a|b", "x.*", ".+"]),
        )
        return st.lists(st.one_of(plain, regex), max_size=3).map(lambda found: sorted(found, key=format_matcher))

    def _selector(self, draw, /):
        name = draw(PLAIN_LABEL_NAMES if self.portable else METRIC_NAMES)
        own = Matcher(METRIC_NAME, MatchType.EQUAL, name)
        tests = [test for test in draw(self._matchers()) if test.name != METRIC_NAME]
        offset_ms, offset_expr = draw(self._offsets())
        extended = {} if self.portable else draw(st.sampled_from([{}, {}, {"anchored": True}, {"smoothed": True}]))
        at = draw(st.none() | (AT_MODIFIERS.filter(lambda at: at.timestamp_ms >= 0) if self.portable else AT_MODIFIERS))
        return VectorSelector(name, (*tests, own), offset_ms, at, offset_expr=offset_expr, **extended)

    def selectors(self):
        return st.composite(self._selector)()

    def _offsets(self):
        plain = st.one_of(st.just(0), DURATIONS_MS, DURATIONS_MS.map(lambda ms: -ms)).map(lambda ms: (ms, None))
        return plain if self.portable else st.one_of(plain, self._duration_operations().map(lambda op: (0, op)))

    def _widths(self):
        plain = DURATIONS_MS.map(lambda ms: (ms, None))
        return plain if self.portable else st.one_of(plain, plain, self._duration_operations().map(lambda op: (0, op)))

    def _duration_operations(self):
        leaves = st.one_of(
            st.builds(NumberLiteral, st.integers(1, 10**6).map(float)),
            st.sampled_from([DurationOp("step"), DurationOp("range")]),
        )
        operands = st.recursive(leaves, _duration_nodes, max_leaves=4)
        return operands.filter(lambda operand: isinstance(operand, DurationOp))

    def _matrix_selectors(self):
        return st.builds(lambda selector, width: MatrixSelector(selector, *width), self.selectors(), self._widths())

    def _subqueries(self):
        # Prometheus takes the colon only after a number, as a subquery's width normally is.
        widths = self._widths().filter(lambda width: width[1] is None or _has_number(width[1]))

        def build(expr, width, step, offset, at):
            step_ms, step_expr = step
            return SubqueryExpr(
                expr, width[0], step_ms, offset[0], at, range_expr=width[1], step_expr=step_expr, offset_expr=offset[1]
            )

        steps = st.one_of(st.just((None, None)), self._widths())
        at = st.none() if self.portable else st.none() | AT_MODIFIERS
        return st.builds(build, self.vectors, widths, steps, self._offsets(), at)

    def _calls(self, return_type):
        functions = [
            function
            for function in FUNCTIONS.values()
            if function.return_type is return_type
            and function.name != "info"
            and not (self.portable and (function.experimental or function.name in NEWER_THAN_2_42))
        ]
        return st.one_of([self._call(function) for function in functions])

    def _call(self, function):
        args = [self.by_type[arg_type] for arg_type in function.arg_types]
        required = args[:-1] if function.variadic else args
        optional = st.lists(args[-1], max_size=1 if function.variadic == 1 else 3) if function.variadic else st.just([])
        return st.builds(lambda first, rest: Call(function, (*first, *rest)), st.tuples(*required), optional)

    def _aggregations(self):
        labels = st.lists(self.label_names, max_size=2, unique=True).map(tuple)

        def build(op, param):
            return st.builds(AggregateExpr, st.sampled_from(op), self.vectors, param, labels, st.booleans())

        return st.one_of(
            build(sorted(AGGREGATORS - PARAMETER_AGGREGATORS), NOTHING),
            build(["topk", "bottomk", "quantile"], self.scalars),
            build(["count_values"], self.strings),
        )

    def _binary(self, ops, lhs, rhs, matching=NOTHING, bools=NEVER):
        return st.builds(BinaryExpr, st.sampled_from(ops), lhs, rhs, matching, bools)

    def _matching(self):
        labels = st.lists(self.label_names, max_size=2, unique=True).map(tuple)
        cards = st.sampled_from([Cardinality.ONE_TO_ONE, Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_MANY])
        fills = st.none() if self.portable else st.none() | NUMBERS

        return st.builds(VectorMatching, cards, labels, st.booleans(), labels, fills, fills).map(_sensible)

    def _set_matching(self):
        labels = st.lists(self.label_names, max_size=2, unique=True).map(tuple)
        return st.builds(VectorMatching, st.just(Cardinality.MANY_TO_MANY), labels, st.booleans())


def _sensible(matching):
    """Labels to include only with grouping, and none that is matched on."""
    grouped = matching.card is not Cardinality.ONE_TO_ONE
    include = tuple(name for name in matching.include if grouped and not (matching.on and name in matching.labels))
    return replace(matching, include=include)


def _duration_nodes(operands):
    """Operations on durations; as the parser would, no division by nothing and a sign on a number is the number's."""
    unsigned = operands.filter(lambda operand: isinstance(operand, DurationOp))
    wrapped = operands.map(_wrap)
    return st.one_of(
        st.builds(DurationOp, st.sampled_from("+-*/%^"), wrapped, wrapped),
        st.builds(DurationOp, st.sampled_from(["min_of", "max_of"]), operands, operands),
        st.builds(lambda rhs: DurationOp("-", None, _wrap(rhs)), unsigned),
    )


def _has_number(duration):
    if isinstance(duration, NumberLiteral):
        return True
    return duration is not None and (_has_number(duration.lhs) or _has_number(duration.rhs))


def _wrap(operand):
    """In parentheses, if it is an operation: then it need not be asked how tight it binds."""
    if isinstance(operand, NumberLiteral):
        return operand
    return DurationOp(operand.op, operand.lhs, operand.rhs, wrapped=True)
