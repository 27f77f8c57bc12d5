"""The judge of parity sees every kind of difference, and holds its list to what differs."""

from __future__ import annotations

import pytest
from parity_compare import difference
from parity_data import FAMILIES, START_MS, series
from parity_questions import INSTANTS, Question, ask_at, own_expressions
from parity_servers import Answer
from parity_verdict import Known, Verdict, known_differences


def vector(*values, name="a"):
    result = [{"metric": {"__name__": name, "n": str(n)}, "value": [1, value]} for n, value in enumerate(values)]
    return Answer(200, "", {"resultType": "vector", "result": result})


def matrix(*points):
    result = [{"metric": {}, "values": [list(point) for point in points]}]
    return Answer(200, "", {"resultType": "matrix", "result": result})


def scalar(value):
    return Answer(200, "", {"resultType": "scalar", "result": [1, value]})


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (vector("1"), vector("1.0000000005")),
        (vector("NaN"), vector("NaN")),
        (vector("-Inf", "+Inf"), vector("-Inf", "+Inf")),
        (vector("0"), vector("-0")),
        (matrix((1, "1"), (2, "2")), matrix((1, "1"), (2, "2"))),
        (scalar("1e300"), scalar("1" + "0" * 300)),
        (Answer(400, "bad_data", None, "1:1: one text"), Answer(400, "bad_data", None, "1:1: another")),
        (Answer(200, "", [{"a": "1"}, {"a": "2"}]), Answer(200, "", [{"a": "2"}, {"a": "1"}])),
    ],
)
def test_what_is_the_same(ours, theirs):
    assert difference(ours, theirs) == ""


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (vector("1"), vector("1.00000001"), "1 instead of 1.00000001"),
        (vector("0"), vector("1e-300"), "0 instead of 1e-300"),
        (vector("NaN"), vector("1"), "NaN instead of 1"),
        (vector("+Inf"), vector("-Inf"), "+Inf instead of -Inf"),
        (vector("1"), vector("1", "2"), "1 series instead of 2"),
        (vector("1", name="b"), vector("1"), "instead of {'__name__': 'a'"),
        (matrix((1, "1")), matrix((1, "1"), (2, "2")), "1 missing"),
        (matrix((1, "1"), (2, "2")), matrix((1, "1")), "1 points too many"),
        (scalar("1"), vector("1"), "scalar instead of vector"),
        (Answer(422, "execution", None), Answer(400, "bad_data", None), "422 execution"),
        (Answer(200, "", ["a"]), Answer(200, "", ["a", "b"]), "['a'] instead of ['a', 'b']"),
    ],
)
def test_what_differs_is_said(ours, theirs, said):
    assert said in difference(ours, theirs)


def test_order_matters_only_where_it_means_something():
    def upside_down(answer):
        return answer._replace(data={**answer.data, "result": answer.data["result"][::-1]})

    assert difference(upside_down(vector("1", "2")), vector("1", "2")) == ""
    assert "in this order" in difference(upside_down(vector("1", "2")), vector("1", "2"), ordered=True)
    assert difference(upside_down(vector("2", "2")), vector("2", "2"), ordered=True) == "", "equal values have no order"


def verdict(known, differing, same=()):
    asked = {(expr, "instant") for expr in (*differing, *same)}
    found = [(ask_at(expr, 0), "because") for expr in differing]
    return Verdict(compared=len(asked), differing=found, asked=asked, known=known)


def test_a_listed_difference_is_known_and_an_unlisted_one_fails():
    outcome = verdict([Known("line", "up", "instant", "1.0")], ["up", "down"], ["same"])

    assert [question.expr for question, _ in outcome.failed] == ["down"]
    assert outcome.stale == []
    assert outcome.closing_line() == "3 compared, 1 same, 1 known differences, 1 failed"


@pytest.mark.parametrize(
    ("pattern", "told"), [("same", "same"), ("/up|same/", "same"), ("gone", "nothing that was asked")]
)
def test_a_line_of_the_list_that_no_longer_differs_is_told(pattern, told):
    outcome = verdict([Known("line", pattern, "instant", "1.0")], ["up"], ["same"])

    assert outcome.stale == [f"line [instant: {told}]"]


def test_every_line_of_the_list_says_why():
    for line in known_differences():
        assert line.kind in {"instant", "range", "values", "odd"}
        assert line.change.startswith("none: ") or ("#" in line.change and line.change[0].isdigit()), line.line


def test_prometheus_2_42_is_asked_by_the_names_it_knows():
    question = ask_at("double_exponential_smoothing(up[5m], 0.5, 0.5)", 1)

    assert question.parameters["query"] == question.expr
    assert question.theirs == {"query": "holt_winters(up[5m], 0.5, 0.5)", "time": "0.001"}
    assert Question("labels", "", "labels", {"start": "1"}).theirs == {"start": "1"}


def test_the_made_day_is_the_same_every_time():
    first, again = (list(zip(range(40), series(), strict=False)) for _ in range(2))

    for (_, (written, times, values)), (_, (other, other_times, other_values)) in zip(first, again, strict=True):
        assert (written, times.tobytes(), values.tobytes()) == (other, other_times.tobytes(), other_values.tobytes())


def test_the_list_of_expressions_is_long_and_without_doubles():
    assert len(own_expressions()) >= 300
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    assert len(INSTANTS) >= 3
    assert all(at > START_MS for at in INSTANTS)
