"""What is said of an expression without evaluating it. The shapes are those of Prometheus 3.14; 2.42 has no tree."""

import json

import pytest

pytestmark = pytest.mark.anyio

UP = {
    "type": "vectorSelector",
    "name": "up",
    "offset": 0,
    "matchers": [{"name": "__name__", "value": "up", "type": "="}],
    "timestamp": None,
    "startOrEnd": None,
    "anchored": False,
    "smoothed": False,
}
NO_FILL = {"lhs": None, "rhs": None}


@pytest.fixture
async def client(make_client):
    async with make_client() as client:
        yield client


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("up", UP),
        ("1e3", {"type": "numberLiteral", "val": "1000"}),
        ("-Inf", {"type": "numberLiteral", "val": "-Inf"}),
        ("'a'", {"type": "stringLiteral", "val": "a"}),
        ("(up)", {"type": "parenExpr", "expr": UP}),
        ("-up", {"type": "unaryExpr", "op": "-", "expr": UP}),
        ("up offset 1m", UP | {"offset": 60_000}),
        ("up @ 1.5", UP | {"timestamp": 1500}),
        ("up @ end()", UP | {"startOrEnd": "end"}),
        ("up[5m]", UP | {"type": "matrixSelector", "range": 300_000}),
        (
            "up[5m:] offset -2s",
            {"type": "subquery", "expr": UP, "range": 300_000, "offset": -2000, "step": 0}
            | {"timestamp": None, "startOrEnd": None, "alignEvalTime": False},
        ),
        (
            "sum without (job) (up)",
            {"type": "aggregation", "op": "sum", "expr": UP, "param": None, "grouping": ["job"], "without": True},
        ),
        (
            "topk(2, up)",
            {"type": "aggregation", "op": "topk", "expr": UP, "grouping": [], "without": False}
            | {"param": {"type": "numberLiteral", "val": "2"}},
        ),
        (
            "abs(up)",
            {
                "type": "call",
                "func": {"name": "abs", "argTypes": ["vector"], "variadic": 0, "returnType": "vector"},
                "args": [UP],
            },
        ),
        (
            "up == bool 1",
            {"type": "binaryExpr", "op": "==", "lhs": UP, "rhs": {"type": "numberLiteral", "val": "1"}}
            | {"matching": None, "bool": True},
        ),
        (
            "up * on (a) group_left (b) up",
            {"type": "binaryExpr", "op": "*", "lhs": UP, "rhs": UP, "bool": False}
            | {
                "matching": {
                    "card": "many-to-one",
                    "labels": ["a"],
                    "on": True,
                    "include": ["b"],
                    "fillValues": NO_FILL,
                }
            },
        ),
    ],
)
async def test_trees(client, query, tree):
    answer = await client.post("/api/v1/parse_query", data={"query": query})
    assert answer.json() == {"status": "success", "data": tree}


async def test_a_long_chain_is_a_tree_too(client):
    answer = await client.post("/api/v1/parse_query", data={"query": "a" + "+a" * 20_000})
    assert answer.status_code == 200
    assert answer.text.count('"binaryExpr"') == 20_000


async def test_a_layout_that_would_grow_without_bound_is_refused(client):
    answer = await client.post("/api/v1/format_query", data={"query": "a" + "+a" * 20_000})
    assert answer.status_code == 422
    assert "longer than" in answer.json()["error"]


@pytest.mark.parametrize("path", ["format_query", "parse_query"])
async def test_what_does_not_parse(client, path):
    answer = await client.get(f"/api/v1/{path}", params={"query": "sum("})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith('invalid parameter "query": 1:')


async def test_trees_are_json_whatever_the_label_values_are(client):
    answer = await client.get("/api/v1/parse_query", params={"query": '{a="\\xff\\""}'})
    assert json.loads(answer.content)["data"]["matchers"][0]["name"] == "a"
