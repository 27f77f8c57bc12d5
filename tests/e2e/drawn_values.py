"""Reads what the panels of an open dashboard draw, as a person would, and holds it against the query API.

Of single numbers and of tables that is the text. Of a chart it is its legend with its calculations, the tooltip at some times, and
how high the dots on the lines lie: values and heights must be on one straight line, whatever the axis.

    python tests/e2e/drawn_values.py URL DASHBOARD.json [MINUTES]

imports the dashboard into a running server, opens it for the last minutes, and prints a line for each panel.
"""

from __future__ import annotations

import calendar
import json
import re
import shutil
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import expected_values as expected
from expected_values import Asked, Series, option

HOVERS = (0.2, 0.55, 0.9)
"""Where the pointer stands, as shares of a chart's width."""
DOT_PX = 1.6
"""How far from its place a dot may lie: it stands on whole pixels."""

NICEST = 2.5
"""A step that people would choose is at most so many times as wide as the finest that is wanted."""

SETTLED = """(panel) => {
  const body = panel.querySelector("section > div:last-child");
  const charted = body.querySelector("canvas") !== null || body.querySelector("[data-entry]") === null;
  const drawn = body.querySelector("canvas, svg[role=img]") !== null || body.innerText.trim() !== "";
  return charted && drawn && panel.querySelector("[aria-label=Loading]") === null;
}"""

PANEL = """(panel) => {
  const body = panel.querySelector("section > div:last-child");
  const texts = (nodes) => [...nodes].map((node) => node.textContent);
  const cells = (entry) => [...entry.querySelectorAll(entry.tagName === "TR" ? "td" : ":scope > *")];
  return {
    text: [body.innerText, ...[...body.querySelectorAll("[title]")].map((node) => node.title)].join("\\n"),
    lines: body.innerText.split("\\n").filter((line) => line.trim() !== ""),
    chart: body.querySelector("canvas") !== null,
    dials: texts(body.querySelectorAll("svg[role=img] > text")),
    bars: [...body.querySelectorAll("li[title]")].map((bar) => texts(bar.querySelectorAll(":scope > span"))),
    entries: [...body.querySelectorAll("[data-entry]")].map((entry) => cells(entry).map((cell) => cell.innerText)),
    heads: texts(body.querySelectorAll("thead th > button")),
    rows: [...body.querySelectorAll("tbody tr:not([aria-hidden])")].map((row) => texts(row.querySelectorAll("td"))),
    missing: panel.querySelector("header [aria-label^='Not collected: ']")?.ariaLabel ?? "",
  };
}"""

TOOLTIP = """() => {
  const shown = [...document.body.children].find(
    (node) => node.ariaHidden === "true" && getComputedStyle(node).visibility === "visible" && node.children.length === 3);
  if (shown === undefined) return null;
  const [title, list, more] = shown.children;
  return {
    title: title.textContent,
    rows: [...list.children].filter((row) => !row.hidden).map((row) => [row.children[1].textContent, row.children[2].textContent]),
    more: more.hidden ? 0 : parseInt(more.textContent),
  };
}"""

DOTS = """(over) => {
  const frame = over.getBoundingClientRect();
  return {
    height: frame.height,
    dots: [...over.querySelectorAll(".u-cursor-pt")].map((dot) => {
      const { left, top, width, height } = dot.getBoundingClientRect();
      return [left + width / 2 - frame.left, top + height / 2 - frame.top];
    }),
  };
}"""


def whole(place: Any) -> dict[str, Any]:
    """What a panel says, its legend opened for the while."""
    more = place.get_by_role("button", name=re.compile(r"^\+\d+ more$"))
    opened = more.count() > 0
    if opened:
        more.click()
    seen = place.evaluate(PANEL)
    if opened:
        place.get_by_role("button", name="fewer").click()
    return seen


class Verdict(NamedTuple):
    """What came out for one panel."""

    row: str
    title: str
    kind: str
    drawn: str
    missing: list[str]
    faults: list[str]

    @property
    def words(self) -> str:
        """In a word: what the panel does."""
        if self.faults:
            return "WRONG"
        if self.drawn == "":
            return "says what is missing" if self.missing else "empty, as answered"
        return "draws, says what is missing" if self.missing else "draws"


def listen(page: Any) -> list[Asked]:
    """Collects what the page asks the query API from now on."""
    asked: list[Asked] = []

    def note(request: Any) -> None:
        address = urllib.parse.urlsplit(request.url)
        given = dict(urllib.parse.parse_qsl(address.query or request.post_data or ""))
        if address.path.endswith("/query"):
            asked.append(Asked(given["query"], float(given["time"]), float(given["time"]), None))
        elif address.path.endswith("/query_range"):
            start, end, step = (float(given[name]) for name in ("start", "end", "step"))
            asked.append(Asked(given["query"], start, end, step, given.get("lookback_delta", "")))

    page.on("request", note)
    return asked


def import_dashboard(url: str, document: dict[str, Any]) -> str:
    """Saves it by Grafana's own address; the uid that it got."""
    body = json.dumps({"dashboard": {**document, "id": None}, "overwrite": True}).encode()
    request = urllib.request.Request(f"{url}api/dashboards/db", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["uid"]


def check_dashboard(page: Any, url: str, document: dict[str, Any], from_s: float, to_s: float) -> list[Verdict]:
    """Imports a dashboard, opens it for a range of its own, unfolds all of it and looks at each panel."""
    uid = import_dashboard(url, document)
    asked = listen(page)
    page.goto(f"{url}d/{uid}?from={from_s * 1000:.0f}&to={to_s * 1000:.0f}&refresh=off")
    page.wait_for_selector("[data-panel]")
    for row in page.locator("h2 > button[aria-expanded=false]").all()[::-1]:
        row.click()
    look = Looker(page, url, document, asked, (from_s, to_s))
    found = []
    for row, panel in expected.panels_of(document):
        place = page.locator(f'[data-panel="{panel["id"]}"]')
        place.scroll_into_view_if_needed()
        page.wait_for_function(SETTLED, arg=place.element_handle(), timeout=30_000)
        found.append(look.at(row, panel, place))
    return found


class Looker:
    """Who looks at one panel after the other."""

    def __init__(
        self, page: Any, url: str, document: dict[str, Any], asked: list[Asked], range_s: tuple[float, float]
    ) -> None:
        self.page, self.url, self.asked = page, url, asked
        self.variables = expected.choose_variables(url, document)
        self.known = set(expected.ask(url, "label/__name__/values"))
        self.from_s, self.to_s = range_s
        self.faults: list[str] = []

    def at(self, row: str, panel: dict[str, Any], place: Any) -> Verdict:
        """Reads it and holds it against what should be there."""
        self.faults = []
        seen = whole(place)
        series = self.expect(panel)
        names = expected.metrics_of(panel)
        missing = [name for name in names if name not in self.known]
        unanswered = [name for name in missing if self.is_alone(panel, name, series)]
        drawn = ""
        if not any(points for one in series.values() for points in one):
            self.tell([name for name in missing if name not in seen["text"] and len(missing) <= 3], "does not name {}")
            if missing and missing[0] not in seen["text"]:
                self.faults.append("names no missing metric")
            if not missing and not any(name in seen["text"] for name in names):
                self.faults.append(f"does not say why it is empty: {seen['text']!r}")
        elif not any(expected.numbers(one) for found in series.values() for one in found):
            words = {expected.words_for_none(one.field) for found in series.values() for one in found}
            if not any(word in seen["lines"] for word in words) and "NaN" not in seen["text"]:
                self.faults.append(f"does not say that there is no number: {seen['text']!r}")
        else:
            drawn = self.compare(panel, [one for found in series.values() for one in found], seen, place)
            self.tell([name for name in unanswered if name not in seen["missing"]], "says nothing of {}")
        return Verdict(row, panel["title"], panel["type"], drawn, missing, self.faults)

    def tell(self, names: list[str], what: str) -> None:
        self.faults.extend(what.format(name) for name in names)

    def is_alone(self, panel: dict[str, Any], name: str, series: dict[str, list[Series]]) -> bool:
        """Whether a query that asks for this metric answered nothing."""
        asking = [target for target in expected.targets_of(panel) if name in target["expr"]]
        return any(not series[target["refId"]] for target in asking)

    def expect(self, panel: dict[str, Any]) -> dict[str, list[Series]]:
        """The series of each query, from the API's answer to what the page asked."""
        found = {}
        for target in expected.targets_of(panel):
            expr = expected.fill(target["expr"], self.variables)
            asked = [one for one in self.asked if expected.is_answer_to(expr, one)]
            if target.get("instant") is not True or panel["type"] == "timeseries":
                asked = [one for one in asked if one.step is not None]
                self.check_step(panel, asked)
            elif target.get("range") is not True:
                asked = [one for one in asked if one.step is None]
            if not asked:
                self.faults.append(f"did not ask for {expr}")
            found[target["refId"]] = expected.series_of(self.url, panel, target, asked[-1]) if asked else []
        return found

    def check_step(self, panel: dict[str, Any], asked: list[Asked]) -> None:
        """A document that says how many points it wants gets as many, whatever the page holds to be enough."""
        points = panel.get("maxDataPoints")
        if points is None:
            return
        least = max(1.0, (self.to_s - self.from_s) / points, expected.seconds(panel.get("interval") or ""))
        for one in asked:
            if one.step is not None and not least <= one.step <= NICEST * least:
                self.faults.append(f"a step of {one.step} s for {points} points of {self.to_s - self.from_s} s")

    def compare(self, panel: dict[str, Any], series: list[Series], seen: dict[str, Any], place: Any) -> str:
        """Compares by the panel's type; in a word what is drawn."""
        if panel["type"] == "timeseries":
            return self.chart(panel, series, seen, place)
        if panel["type"] == "table":
            return self.table(panel, series, seen)
        calc = panel.get("options", {}).get("reduceOptions", {}).get("calcs", ["lastNotNull"])[0]
        values = [expected.reduced(one, calc) for one in series]
        if panel["type"] == "bargauge":
            texts = [amount for _, amount in seen["bars"]]
            names = [name for name, _ in seen["bars"]]
            if names != [one.name for one in series]:
                self.faults.append(f"names {names}")
        elif panel["type"] == "gauge":
            texts = seen["dials"]
        elif panel["type"] == "stat":
            texts = seen["lines"][1::2] if len(series) > 1 else seen["lines"]
        else:
            raise NotImplementedError(panel["type"])
        if len(texts) != len(values):
            self.faults.append(f"{len(texts)} values in place of {len(values)}: {texts}")
        for text, value, one in zip(texts, values, series, strict=False):
            self.agree(text, value, one, calc)
        return ", ".join(text.replace("\xa0", " ") for text in texts[:4])

    def agree(self, text: str, value: float | None, one: Series, what: str) -> None:
        if not expected.agrees(text, value, one.field):
            self.faults.append(f"{what} of {one.name}: {text!r} is not {value} ({one.field.get('unit')})")

    def table(self, panel: dict[str, Any], series: list[Series], seen: dict[str, Any]) -> str:
        """Each row is there once, whatever the order of rows and columns."""
        heads, left = seen["heads"], [*seen["rows"]]
        rows = expected.table_of(panel, series)
        columns = {name for row in rows for name in row}
        if Counter(heads) != Counter(columns):
            self.faults.append(f"columns {heads}, not {sorted(columns)}")
            return "nothing"
        for row in rows:
            same = [cells for cells in left if says(dict(zip(heads, cells, strict=True)), row)]
            if same:
                left.remove(same[0])
            else:
                self.faults.append(
                    f"no row says { ({name: cell.value for name, cell in row.items()}) } in {seen['rows']}"
                )
        self.tell([str(cells) for cells in left], "a row too many: {}")
        return f"{len(rows)} rows of {len(columns)}"

    def chart(self, panel: dict[str, Any], series: list[Series], seen: dict[str, Any], place: Any) -> str:
        if not seen["chart"]:
            self.faults.append(f"no chart, but {seen['text']!r}")
            return "nothing"
        self.legend(panel, series, seen["entries"])
        shown = [one for one in series if not option(one, "hideFrom", "viz")]
        for share in HOVERS:
            self.hover(shown, place, share)
        return f"{len(shown)} series"

    def legend(self, panel: dict[str, Any], series: list[Series], entries: list[list[str]]) -> None:
        legend = panel["options"].get("legend", {})
        listed = [one for one in series if not option(one, "hideFrom", "legend")]
        if legend.get("showLegend") is False or legend.get("displayMode") == "hidden":
            listed = []
        names = Counter(entry[0].strip() for entry in entries)
        if names != Counter(one.name for one in listed):
            self.faults.append(f"legend names {sorted(names)}, not {sorted(str(one.name) for one in listed)}")
        for name, *texts in entries:
            same = [one for one in listed if one.name == name.strip()]
            calcs = legend.get("calcs", [])
            said = lambda one, texts=texts, calcs=calcs: [  # noqa: E731
                expected.agrees(text.split("\n")[-1], expected.reduced(one, calc), one.field)
                for calc, text in zip(calcs, texts, strict=True)
            ]
            if same and not any(all(said(one)) for one in same):
                values = {calc: expected.reduced(same[0], calc) for calc in calcs}
                self.faults.append(f"legend says {texts} of {name}, not {values}")

    def hover(self, shown: list[Series], place: Any, share: float) -> None:
        """Points at a time and compares tooltip and dots."""
        over = place.locator(".u-over")
        box = over.bounding_box()
        self.page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        self.page.wait_for_timeout(50)
        tooltip = self.page.evaluate(TOOLTIP)
        if tooltip is None:
            step = next(one.step for one in reversed(self.asked) if one.step is not None)
            at = self.from_s + share * (self.to_s - self.from_s)
            near = [[t for t in one.points if abs(t - at) < 2 * step] for one in shown]
            if any(len(times) > 2 for times in near):
                self.faults.append(f"no tooltip at {at}")
            return
        at = calendar.timegm(time.strptime(tooltip["title"], "%Y-%m-%d %H:%M:%S"))
        left = [
            one for one in shown if expected.value_at(one, at) is not None and not option(one, "hideFrom", "tooltip")
        ]
        if len(tooltip["rows"]) + tooltip["more"] != len(left):
            self.faults.append(f"{len(tooltip['rows'])} + {tooltip['more']} values at {at}, not {len(left)}")
        for name, text in tooltip["rows"]:
            one = next(
                (one for one in left if one.name == name and expected.agrees(text, one.points[at], one.field)), None
            )
            if one is None:
                values = [other.points[at] for other in left if other.name == name]
                self.faults.append(f"tooltip says {text} of {name}, not {values}")
            else:
                left.remove(one)
        self.dots(shown, at, over.evaluate(DOTS))

    def dots(self, shown: list[Series], at: float, drawn: dict[str, Any]) -> None:
        """The heights of the dots must follow from the values by one straight line, upwards."""
        dots = drawn["dots"]
        if not dots:
            return
        if len(dots) != len(shown):
            self.faults.append(f"{len(dots)} dots for {len(shown)} series")
            return
        units = [one.field.get("unit") for one in shown]
        for unit in set(units):
            inside = [
                (value, y)
                for value, (x, y), own in zip(expected.drawn_at(shown, at), dots, units, strict=True)
                if own == unit and value is not None and x >= 0 and 0 <= y <= drawn["height"]
            ]
            if (fault := bend(inside)) is not None:
                self.faults.append(f"at {at}: {fault}")


def says(texts: dict[str, str], row: dict[str, expected.Cell]) -> bool:
    """Whether the cells of a row say what they should; one that nothing is known of is empty."""
    return all(row[name].is_said_by(text) if name in row else text.strip() in {"", "–"} for name, text in texts.items())


def bend(points: list[tuple[float, float]]) -> str | None:
    """What is wrong where places do not follow from values by one falling line (y goes down the screen)."""
    if len(points) < 2:
        return None
    (low, foot), (high, head) = min(points), max(points)
    if high - low <= 1e-12 * max(abs(high), abs(low)):
        ys = [y for _, y in points]
        return None if max(ys) - min(ys) <= DOT_PX else f"equal values lie at {ys}"
    if head > foot + DOT_PX:
        return f"{high} lies below {low}"
    for value, y in points:
        place = foot + (head - foot) * (value - low) / (high - low)
        if abs(place - y) > 2 * DOT_PX:
            return f"{value} lies at {y:.1f} px, not at {place:.1f} px"
    return None


def report(verdicts: list[Verdict]) -> str:
    """A line for each panel, and how many there are of each kind."""
    lines = []
    for one in verdicts:
        what = one.drawn if not one.missing else f"{one.drawn or '-'}; missing: {', '.join(one.missing)}"
        lines.append(f"| {one.row} | {one.title} | {one.kind} | {what or '-'} | {one.words} |")
        lines.extend(f"    {fault}" for fault in one.faults)
    counts = Counter(one.words for one in verdicts)
    total = ", ".join(f"{count} {words}" for words, count in counts.most_common())
    return "\n".join([*lines, f"{len(verdicts)} panels: {total}"])


def main(url: str, path: str, minutes: str = "5") -> int:
    """Looks at a dashboard of a running server."""
    from playwright.sync_api import sync_playwright

    to_s = int(time.time()) - 10
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900}, timezone_id="UTC", reduced_motion="reduce")
        page.set_default_timeout(15_000)
        document = json.loads(Path(path).read_text())
        verdicts = check_dashboard(page, url, document, to_s - 60 * float(minutes), to_s)
        browser.close()
    print(report(verdicts))
    return int(any(one.faults for one in verdicts))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
