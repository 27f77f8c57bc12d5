"""What packs declare, and what is said of declarations that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass.errors import ConfigError
from watchglass.sdk.declared import pack_folder, pack_names, read_declared


def test_five_packs_ship():
    assert pack_names() == ["awareness_network", "dinoair", "fluxai", "hybrid_ai_stack", "sidepanel"]


@pytest.mark.parametrize("pack", pack_names())
def test_a_pack_declares_what_its_guide_has_and_nothing_else(seeds, pack):
    declared = {one.name: one for one in read_declared(pack_folder(pack) / "metrics.yaml")}
    system = seeds[pack]
    wanted = {one["name"]: one for one in [*system["metrics"], *system.get("proposed_metrics", [])]}
    patterns = [pattern["pattern"].removesuffix("_*") for pattern in system.get("metric_patterns", [])]
    others = [name for name in declared if name not in wanted]

    assert wanted.keys() - declared.keys() == set()
    assert [name for name in others if not name.startswith(tuple(patterns) or ("-",))] == []
    for name, row in wanted.items():
        one = declared[name]
        assert one.type == row["type"]
        assert one.unit == row["unit"]
        assert list(one.labels) == (row.get("proposed_labels") or row["labels"])
        bounds = row.get("buckets") or row.get("proposed_buckets")
        if bounds is not None:
            assert list(one.buckets) == bounds


@pytest.mark.parametrize("pack", pack_names())
def test_every_member_of_a_pattern_is_declared(seeds, pack):
    exposed = set()
    for one in read_declared(pack_folder(pack) / "metrics.yaml"):
        parts = ("_bucket", "_sum", "_count") if one.type == "histogram" else ("",)
        exposed |= {one.name, *(one.name + part for part in parts)}
    members = {name for pattern in seeds[pack].get("metric_patterns", []) for name in pattern["proposed_members"]}

    assert members - exposed == set()


GOOD = "metrics:\n- {name: a_total, type: counter, unit: things, help: Things}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("metric: []", 'metrics.yaml:1: unknown key "metric"; did you mean "metrics"?'),
        ("metrics:\n- {name: a_total, typ: counter}", 'metrics[0]: unknown key "typ"; did you mean "type"?'),
        ("metrics:\n- {name: a_total, type: counter}", "metrics[0]: help is missing"),
        (GOOD.replace("counter", "meter"), 'metrics[0].type: expected counter, gauge or histogram, got "meter"'),
        (GOOD.replace("a_total", "a-total"), 'metrics[0].name: "a-total" is no name of a metric'),
        (GOOD.replace("a_total", "a"), 'the name of a counter ends in _total; did you mean "a_total"?'),
        (GOOD.replace("counter", "histogram"), "a histogram needs buckets"),
        (GOOD.replace("help", "buckets: [1], help"), "a counter has no buckets"),
        (GOOD.replace("counter", "histogram, buckets: [2, 1]"), "the bounds of buckets rise"),
        (GOOD.replace("counter", "histogram, buckets: [1, .inf]"), "numbers"),
        (GOOD.replace("counter", "histogram, buckets: [1], labels: [le]"), 'uses the label "le" itself'),
        (GOOD.replace("help", "labels: [a, a], help"), "a label stands there twice"),
        (GOOD.replace("help", "labels: [__name__], help"), '"__name__" is no name of a label'),
        (GOOD + GOOD.splitlines()[1], 'metrics.yaml:3: metrics[1].name: "a_total" is declared twice'),
        (GOOD.replace("help", "added: nothing, help"), "expected all, type, labels or buckets"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, said):
    path = tmp_path / "metrics.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_declared(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_pack_that_is_not_there_is_told_the_nearest(tmp_path):
    with pytest.raises(ConfigError, match=r'there is no pack "sidepanle"; did you mean "sidepanel"\?'):
        pack_folder("sidepanle")
    with pytest.raises(ConfigError, match="there is no such folder"):
        pack_folder(Path("nowhere"))
    with pytest.raises(ConfigError, match=r"it has no metrics\.yaml"):
        pack_folder(tmp_path)
    with pytest.raises(ConfigError, match="there are awareness_network"):
        pack_folder("../secrets")
