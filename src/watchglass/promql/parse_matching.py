"""Parsing lists of labels, and what stands between a binary operator and its right side.

Source: prometheus/prometheus, promql/parser/generated_parser.y (grouping_labels, bin_modifier).
"""

from __future__ import annotations

from watchglass.promql.ast import Cardinality, VectorMatching
from watchglass.promql.cursor import Cursor
from watchglass.promql.kinds import FILLS, FIRST_KINDS, LABEL_WORDS, STRING
from watchglass.promql.scan import from_bytes_view
from watchglass.wire.quoting import go_quote, unquote


def parse_grouping_labels(cursor: Cursor) -> tuple[str, ...]:
    """Labels in parentheses, as `by`, `on` and their like take them."""
    if cursor.kind != "(":
        raise cursor.unexpected("grouping opts", '"("')
    cursor.advance()
    labels = []
    while cursor.kind != ")":
        labels.append(_grouping_label(cursor))
        if cursor.kind == ",":
            cursor.advance()
        elif cursor.kind != ")":
            raise cursor.unexpected("grouping opts", '"," or ")"')
    cursor.advance()
    return tuple(labels)


def _grouping_label(cursor: Cursor) -> str:
    if cursor.kind in LABEL_WORDS:
        return cursor.advance().text
    if cursor.kind != STRING:
        raise cursor.unexpected("grouping opts", "label")
    token = cursor.advance()
    label = unquote(from_bytes_view(token.text))
    if not label or any("\udc80" <= char <= "\udcff" for char in label):
        raise cursor.error(f"invalid label name for grouping: {go_quote(label)}", token.start)
    return label


def parse_matching(cursor: Cursor) -> VectorMatching | None:
    """`on`, `ignoring`, `group_left`, `group_right` and `fill`, as far as they come."""
    card, on = Cardinality.ONE_TO_ONE, False
    labels: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    if cursor.kind not in _MATCHING_WORDS:
        return None
    if cursor.kind in ("on", "ignoring"):
        on = cursor.advance().kind == "on"
        labels = parse_grouping_labels(cursor)
        if cursor.kind in _GROUP_CARDINALITY:
            card = _GROUP_CARDINALITY[cursor.advance().kind]
            if not _starts_side(cursor):
                include = parse_grouping_labels(cursor)
    fill_left, fill_right = _fills(cursor)
    return VectorMatching(card, labels, on, include, fill_left, fill_right)


def _starts_side(cursor: Cursor) -> bool:
    """Whether the labels after `group_left` were left out; what opens a parenthesis there is always labels."""
    return cursor.kind != "(" and (cursor.kind in FILLS or cursor.kind in FIRST_KINDS)


_GROUP_CARDINALITY = {"group_left": Cardinality.MANY_TO_ONE, "group_right": Cardinality.ONE_TO_MANY}
_MATCHING_WORDS = {"on", "ignoring"} | FILLS


def _fills(cursor: Cursor) -> tuple[float | None, float | None]:
    """The values of `fill`, or of `fill_left` and `fill_right` in either order."""
    if cursor.kind == "fill":
        value = _fill_value(cursor)
        return value, value
    values: dict[str, float] = {}
    while cursor.kind in ("fill_left", "fill_right") and cursor.kind not in values:
        side = cursor.kind
        values[side] = _fill_value(cursor)
    return values.get("fill_left"), values.get("fill_right")


def _fill_value(cursor: Cursor) -> float:
    cursor.advance()
    cursor.expect("(")
    number = cursor.signed_number()
    cursor.expect(")")
    return number.value
