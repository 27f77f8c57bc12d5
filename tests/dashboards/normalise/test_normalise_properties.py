"""Any JSON at all: either a dashboard in its current shape comes out, or one error; and twice is the same as once."""

import copy
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from watchglass.dashboards.grafana import every_panel
from watchglass.dashboards.normalise.bounds import Limits
from watchglass.dashboards.normalise.document import normalise
from watchglass.dashboards.normalise.envelope import documents_of
from watchglass.errors import DashboardError

# Words that mean something somewhere in a dashboard: random documents are made of them.
KEYS = """
dashboard spec metadata name apiVersion kind panels rows elements layout items targets expr query refId type
title id uid gridPos x y w h options fieldConfig defaults overrides matcher properties value unit min max
decimals thresholds steps color mode mappings valueMaps rangeMaps mappingType from to text yaxes format label
logBase show legend values current calcs displayMode tooltip sort shared seriesOverrides alias aliasColors
yaxis fill lines bars stack nullPointMode xaxis grid threshold1 op gauge valueName colors prefix postfix
sparkline styles pattern transform columns transformations datasource templating list annotations variables
interval step collapse collapsed repeat span height schemaVersion fieldOptions valueOptions reduceOptions
cards yAxis dataFormat content __inputs pluginId __elements libraryPanel model minSpan flow new time refresh
tags links custom cellOptions hideFrom graph includeAll multi title definition qryType tabs element width
repeatPanelId repeatIteration group vizConfig data queries timeSettings cursorSync globalThresholdsConfig
"""
WORDS = """
graph singlestat table table-old pie heatmap gauge stat bargauge text row timeseries grafana-polystat-panel
Row histogram_quantile(0.9,x_bucket) x_bucket up $ds ${DS_P} DS_P datasource constant byName byNames byRegexp
/a.*/ null 80,90 absolute percentage tsbuckets 250px 5 -1 1e3 nan GridLayout RowsLayout TabsLayout
AutoGridLayout GridLayoutRow Panel a LibraryPanel query custom interval textbox QueryVariable -- prometheus
connected lt hidden timeseries_to_rows date
"""

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.floats(),
    st.sampled_from(WORDS.split()),
    st.text(max_size=8),
    st.just(10**400),
)
keys = st.one_of(st.sampled_from(KEYS.split()), st.sampled_from(WORDS.split()))
json_values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=6)),
    max_leaves=40,
)
panels = st.dictionaries(st.sampled_from(KEYS.split()), json_values, max_size=8).flatmap(
    lambda panel: st.sampled_from(WORDS.split()).map(lambda kind: {"type": kind} | panel)
)
dashboards = st.one_of(
    json_values,
    st.fixed_dictionaries(
        {"panels": st.lists(panels, max_size=4)}, optional={"templating": json_values, "time": json_values}
    ),
    st.fixed_dictionaries(
        {"rows": st.lists(st.fixed_dictionaries({"panels": st.lists(panels)}, optional={"height": scalars}))}
    ),
    st.fixed_dictionaries(
        {"elements": st.dictionaries(st.sampled_from("ab"), json_values), "layout": st.dictionaries(keys, json_values)}
    ),
)


def check_shape(board):
    """What every reader of a normalised dashboard may rely on."""
    json.dumps(board, allow_nan=False)
    assert isinstance(board["title"], str)
    assert 0 < len(board["uid"]) <= 40
    assert all(isinstance(tag, str) for tag in board["tags"])
    numbers = [panel["id"] for panel in every_panel(board)]
    assert len(set(numbers)) == len(numbers)
    for panel in board["panels"]:
        check_panel(panel)
        if panel["type"] == "row":
            assert panel["collapsed"] or not panel["panels"]
            for inner in panel["panels"]:
                assert inner["type"] != "row"
                check_panel(inner)


def check_panel(panel):
    assert isinstance(panel["type"], str)
    assert isinstance(panel["title"], str)
    place = panel["gridPos"]
    assert 0 <= place["x"] <= place["x"] + place["w"] <= 24
    assert place["y"] >= 0
    assert place["h"] > 0
    if panel["type"] == "row":
        return
    letters = [query["refId"] for query in panel["targets"]]
    assert len(set(letters)) == len(letters)
    assert isinstance(panel["options"], dict)
    defaults, overrides = panel["fieldConfig"]["defaults"], panel["fieldConfig"]["overrides"]
    assert all(isinstance(one["properties"], list) for one in overrides)
    if "thresholds" in defaults:
        values = [step["value"] for step in defaults["thresholds"]["steps"]]
        assert not values or values[0] is None
        assert values[1:] == sorted(values[1:])


@settings(max_examples=60, deadline=None)
@given(dashboards)
def test_any_json_gives_a_whole_dashboard_or_one_error_and_twice_is_once(document):
    before = copy.deepcopy(document)
    try:
        once = normalise(document)
    except DashboardError:
        return
    assert repr(document) == repr(before)
    check_shape(once.dashboard)
    assert normalise(once.dashboard).dashboard == once.dashboard
    numbers = {panel["id"] for panel in every_panel(once.dashboard)}
    assert all(
        note.rule and note.message and (note.panel_id is None or note.panel_id in numbers) for note in once.notes
    )


@settings(max_examples=100, deadline=None)
@given(json_values)
def test_any_file_gives_its_dashboards_or_one_error(document):
    try:
        found = list(documents_of(document, limits=Limits(panels=5)))
    except DashboardError:
        return
    assert len(found) <= 5
    assert all(isinstance(one, dict) for one in found)


GOLDEN = [json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "golden").glob("*.json"))]
ODD = [
    None,
    True,
    False,
    0,
    -1,
    3.5,
    1e300,
    "",
    "5",
    "$a",
    [],
    {},
    [None],
    {"a": 1},
    ["a"],
    [{}],
    "/a/",
    10**30,
    "80,90",
]


def spots(value):
    """Every place inside of a document: what holds it, and its key or index."""
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from spots(inner)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(GOLDEN), st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(ODD)), min_size=1, max_size=6)
)
def test_a_dashboard_with_odd_values_anywhere_is_whole_all_the_same(document, changes):
    document = copy.deepcopy(document)
    for place, value in changes:
        holders = list(spots(document))
        holder, key = holders[place % len(holders)]
        holder[key] = copy.deepcopy(value)
    try:
        once = normalise(document)
    except DashboardError:
        return
    check_shape(once.dashboard)
    assert normalise(once.dashboard).dashboard == once.dashboard
