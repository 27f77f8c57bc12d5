"""What differs from the guides is all there, is true of both sides, and the guides' own text is theirs."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from pack_support import write_pack

from watchglass.errors import ConfigError
from watchglass.packs.differences import ABSENT, IMPACTS, read_differences
from watchglass.packs.export import scrape_text
from watchglass.packs.pack import read_pack
from watchglass.sdk.declared import pack_folder, pack_names


def rules_of(path):
    if not path.is_file():
        return {}
    return {rule["alert"]: rule for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]}


def panels_of(path):
    """Panels by their title, with the row where the title stands in several."""
    document = json.loads(path.read_text())
    row, found = "", []
    for panel in document.get("dashboard", document)["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
        else:
            found.append((row, panel))
    titles = [panel["title"] for _, panel in found]
    return {
        f"{row} > {panel['title']}" if titles.count(panel["title"]) > 1 else panel["title"]: panel
        for row, panel in found
    }


def differing_rules(folder):
    written, corrected = rules_of(folder / "as_written/rules.yaml"), rules_of(folder / "rules.yaml")
    assert written.keys() <= corrected.keys()
    for name, rule in written.items():
        for key in ("expr", "for", "labels"):
            if rule[key] != corrected[name][key]:
                yield f"rules.yaml > {name} > {key}", rule[key], corrected[name][key]
        for key, text in rule["annotations"].items():
            if text != corrected[name]["annotations"][key]:
                yield f"rules.yaml > {name} > annotations > {key}", text, corrected[name]["annotations"][key]


def differing_panels(folder):
    for path in sorted((folder / "as_written/dashboards").glob("*.json")):
        corrected = panels_of(folder / "dashboards" / path.name)
        for title, panel in panels_of(path).items():
            if title not in corrected:  # it stands in another dashboard, as it is
                continue
            other = corrected[title]
            if panel["type"] != other["type"]:
                yield f"dashboards/{path.name} > {title} > type", panel["type"], other["type"]
            for one, two in zip(panel["targets"], other["targets"], strict=True):
                if one["expr"] != two["expr"]:
                    yield f"dashboards/{path.name} > {title} > expr", one["expr"], two["expr"]


@pytest.mark.parametrize("pack", pack_names())
def test_every_difference_of_rules_and_panels_is_listed(pack):
    """Both ways: what differs is listed, and what is listed differs so."""
    listed = {
        (each.where, each.as_written, each.corrected)
        for each in read_differences(read_pack(pack))
        if re.search(r"> (expr|for|labels|type|annotations > \w+)$", each.where)
    }
    folder = pack_folder(pack)
    assert listed == {*differing_rules(folder), *differing_panels(folder)}


def squeezed(text):
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("pack", pack_names())
def test_what_is_listed_stands_in_the_files(pack):
    one = read_pack(pack)
    for each in read_differences(one):
        assert each.why
        file = each.where.partition(" > ")[0]
        if each.where.endswith((".json", " > expr", " > type", "thresholds")):
            continue  # compared above, or a shape
        written = one.folder / "as_written" / file
        if each.as_written != ABSENT and written.is_file():
            assert squeezed(each.as_written) in squeezed(written.read_text()), each.where
        ours = (one.folder / file).read_text() if file != "prometheus.yml" else scrape_text(one)
        ours += (one.folder / "pack.yaml").read_text()
        assert squeezed(each.corrected) in squeezed(ours), each.where


@pytest.mark.parametrize("pack", pack_names())
def test_whatever_the_contract_corrects_is_listed(seeds, pack):
    """Rules with another expression have the impact that the contract gives them."""
    impacts = {each.where: each.impact for each in read_differences(read_pack(pack))}
    for group in seeds[pack]["alert_rules"]["groups"]:
        for rule in group["rules"]:
            if rule.get("corrected_expr", rule["expr"]) != rule["expr"]:
                assert impacts[f"rules.yaml > {rule['alert']} > expr"] == rule["impact"]


@pytest.mark.parametrize("pack", pack_names())
def test_the_guides_own_text_is_theirs(guides, pack):
    """To the letter; dashboards have the uid besides by which they are found, and those of tables are made of the tables."""
    guide = guides[pack]
    for path in (pack_folder(pack) / "as_written").rglob("*"):
        if path.suffix in {".yaml", ".yml"}:
            assert path.read_text() in guide, path
        elif path.name in {"sidepanel-overview.json", "hybrid-main.json"}:
            assert path.read_text().replace(f'    "uid": "{path.stem}",\n', "") in guide, path
        elif path.suffix == ".json":
            for panel in panels_of(path).values():
                for target in panel["targets"]:
                    expr = re.sub(r'\{\w+=~"\$\w+"(,\w+=~"\$\w+")*\}', "", target["expr"])
                    if path.name == "fluxai-cache.json" and "hit rate" not in panel["title"].lower():
                        continue  # the guide has the query of one panel
                    assert f"`{expr}`" in guide or json.dumps(expr)[1:-1] in guide or expr in guide, expr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {where: a}", "differences.yaml:1: [0]: as_written is missing"),
        ("- {were: a}", 'unknown key "were"; did you mean "where"?'),
        (
            "- {where: a, as_written: b, corrected: c, why: d, impact: bad}",
            f"expected {', '.join(IMPACTS[:-1])} or legacy",
        ),
        ("where: a", "expected a list, got a mapping"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, said):
    folder = write_pack(tmp_path / "mine")
    (folder / "differences.yaml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_differences(read_pack(folder))
    assert said in str(refused.value)


def test_a_pack_without_a_guide_has_none(tmp_path):
    assert read_differences(read_pack(write_pack(tmp_path / "mine"))) == ()
