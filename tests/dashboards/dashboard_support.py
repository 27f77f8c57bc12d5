"""Expositions as the library sees them: a label table and metadata; and looks at the dashboards made of them."""

import re

from prometheus_client.parser import text_string_to_metric_families

from watchglass.columns import LabelTable
from watchglass.dashboards.grafana import every_panel
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType
from watchglass.promql.parse import parse


def load(text, job="app", instances=("a:1",)):
    """Parse a text exposition that some instances of a job show."""
    rows, metadata = [], {}
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        metadata[name] = Metadata(MetricType(family.type), "", family.documentation)
        for sample in family.samples:
            labels = dict(sample.labels, __name__=sample.name, job=job)
            rows += [Labels.of(labels, instance=instance) for instance in instances]
    return LabelTable.of(rows), metadata


def drawn(dashboard):
    """Every panel that draws data, with those inside collapsed rows."""
    return [panel for panel in every_panel(dashboard) if panel["type"] not in ("row", "text")]


def expressions(dashboard):
    """All queries, macros filled in as the UI does."""
    queries = (query["expr"] for panel in drawn(dashboard) for query in panel["targets"])
    return [query.replace("$__rate_interval", "1m") for query in queries]


def by_title(dashboard):
    return {panel["title"]: panel for panel in every_panel(dashboard) if panel["type"] != "row"}


def check(dashboard):
    """What holds of every dashboard: numbers once, places that do not overlap, titles, known types, valid queries."""
    panels = list(every_panel(dashboard))
    assert {panel["type"] for panel in panels} <= {"stat", "timeseries", "gauge", "table", "text", "row"}
    numbers = [panel["id"] for panel in panels]
    assert len(set(numbers)) == len(numbers)
    for level in (dashboard["panels"], *(panel["panels"] for panel in panels if panel.get("panels"))):
        check_places(level)
    for panel in drawn(dashboard):
        assert panel["title"]
        assert [query["refId"] for query in panel["targets"]] == list("ABCDEF"[: len(panel["targets"])])
        for query in panel["targets"]:
            assert query["legendFormat"]
            assert not re.search(r"\{\{(job|__name__|le)\}\}", query["legendFormat"])
    for expression in expressions(dashboard):
        parse(expression)


def check_places(panels):
    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["w"] > 0
        assert place["h"] > 0
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert taken.isdisjoint(cells), f"{panel['title']} lies on another panel"
        taken |= cells


def check_filled(dashboard):
    """Every line of an automatic dashboard reaches from end to end, at one height."""
    for level in (dashboard["panels"], *(panel["panels"] for panel in every_panel(dashboard) if panel.get("panels"))):
        lines = {}
        for panel in level:
            lines.setdefault(panel["gridPos"]["y"], []).append(panel["gridPos"])
        for line in lines.values():
            assert sum(place["w"] for place in line) == 24
            assert len({place["h"] for place in line}) == 1
