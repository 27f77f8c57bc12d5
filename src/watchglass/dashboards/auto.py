"""A dashboard made of whatever a job exposes, for somebody who has not made one yet.

A plan says which metric families are drawn and where; here they become panels in rows, and the rest is listed. What
rests, and what speaks of the runtime, is folded away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watchglass.columns import LabelTable
from watchglass.dashboards.exposed import Exposed, exposed
from watchglass.dashboards.grafana import COLUMNS, Json, panel, row, safe_uid
from watchglass.dashboards.lines import lay_out
from watchglass.dashboards.normalise.document import normalise
from watchglass.dashboards.panels import draw
from watchglass.dashboards.plan import MAX_RUNTIME_PANELS, OTHER, Plan, group_by_prefix, make_plan
from watchglass.dashboards.titles import common_words, make_titles, sentence
from watchglass.dashboards.usefulness import is_unlimited
from watchglass.model.metadata import Metadata

AUTO = "auto-"  # how the uids of automatic dashboards begin
MAX_PANELS = 40
MAX_LISTED_WITH_HELP = 300
RUNTIME = "Runtime and scraping"
RESTING = "Zero, or unchanged for an hour"
_DIGITS = "0123456789"
MAX_TEXT_HEIGHT = 24  # rows of the grid
_CHARACTERS_IN_LINE = 150


def auto_uid(job: str) -> str:
    """The uid of a job's automatic dashboard."""
    return safe_uid(f"{AUTO}{job}")


def auto_dashboard(
    job: str, metadata: Mapping[str, Metadata], table: LabelTable, *, max_panels: int = MAX_PANELS
) -> Json:
    """The dashboard of a job, in Grafana's JSON.

    Args:
        job: the value of the `job` label.
        metadata: what is known of metric families, of this job and others.
        table: labels of all the job's series.
        max_panels: how many families are drawn at most.
    """
    families = exposed(table, metadata)
    return draw_plan(job, make_plan(families, max_panels), families, table, max_panels=max_panels)


def draw_plan(
    job: str, plan: Plan, families: Sequence[Exposed], table: LabelTable, *, max_panels: int = MAX_PANELS
) -> Json:
    """The dashboard of a job by a plan that says what is drawn; what is not there any more is left out.

    Args:
        job: the value of the `job` label.
        plan: what is drawn, where.
        families: all that the job exposes now.
        table: labels of all the job's series.
        max_panels: as the plan was made with.
    """
    there = {family.name: family for family in families}
    groups = {name: [there[each] for each in members if each in there] for name, members in plan.groups.items()}
    panels = [part for name, members in groups.items() if members for part in _draw_row(name, members, job, table)]
    shown = set(plan.drawn)
    for title, names in ((RESTING, plan.resting), (RUNTIME, plan.runtime)):
        if members := [there[name] for name in names if name in there]:
            panels.append(row(title, _draw_group(members, job, table, ()), collapsed=True))
        shown.update(names)
    panels += _rest([family for family in families if family.name not in shown], len(families), max_panels)
    return normalise(
        {
            "uid": auto_uid(job),
            "title": job,
            "description": f"Made from what job {job} exposes.",
            "tags": ["automatic"],
            "time": {"from": "now-15m", "to": "now"},
            "refresh": "10s",
            "graphTooltip": 1,
            "panels": panels or [_nothing(job)],
        }
    ).dashboard


def _draw_row(name: str, members: Sequence[Exposed], job: str, table: LabelTable) -> list[Json]:
    """A row and its panels; what all its names begin with is the title of the row alone."""
    first = name.removesuffix(OTHER).split()
    prefix = common_words([family.name for family in members]) if first and len(members) > 1 else first
    return [row(sentence(prefix or [name])), *_draw_group(members, job, table, prefix)]


def _draw_group(members: Sequence[Exposed], job: str, table: LabelTable, prefix: Sequence[str]) -> list[Json]:
    titles = make_titles(members, prefix)
    return lay_out([draw(family, job, table, titles[family.name]) for family in in_numeric_order(members)])


def in_numeric_order(families: Sequence[Exposed]) -> list[Exposed]:
    """Names that differ in their last number alone stand together, by that number, where the first of them stood."""
    places: dict[str, int] = {}
    keys = {}
    for place, family in enumerate(families):
        stem = family.name.rstrip(_DIGITS)
        number = family.name[len(stem) :]
        keys[family.name] = (places.setdefault(stem, place), len(number.lstrip("0")), number)
    return sorted(families, key=lambda family: keys[family.name])


def _rest(families: Sequence[Exposed], total: int, max_panels: int) -> list[Json]:
    """A collapsed row that lists what is not drawn, and why; nothing where all is drawn."""
    if not families:
        return []
    title = f"{len(families)} of {total} metrics {'is' if len(families) == 1 else 'are'} not drawn"
    content = f"{_reason(families, max_panels)}\n\n{_list(families)}"
    inside = panel("text", "", options={"mode": "markdown", "content": content})
    return [row(title, [inside | {"flow": {"w": COLUMNS, "h": _height(content)}}], collapsed=True)]


def _reason(families: Sequence[Exposed], max_panels: int) -> str:
    unlimited = [family.name for family in families if is_unlimited(family.name)]
    reasons = [f"`{name}` is a limit that is next to never set." for name in unlimited]
    if len(families) > len(unlimited):
        runtime = f"at most {MAX_RUNTIME_PANELS} of them on the runtime and scraping"
        reasons.append(f"The {max_panels} metrics likely to tell most are drawn, {runtime}; the rest is listed here.")
    return " ".join(reasons)


def _height(content: str) -> int:
    """Rows of the grid that the text takes, within bounds; longer text scrolls."""
    lines = sum(1 + len(line) // _CHARACTERS_IN_LINE for line in content.splitlines())
    return min(MAX_TEXT_HEIGHT, 2 + -(-lines // 2))


def _list(families: Sequence[Exposed]) -> str:
    with_help = len(families) <= MAX_LISTED_WITH_HELP
    parts = []
    for name, members in sorted(group_by_prefix(families).items()):
        heading = sentence(name.removesuffix(f" {OTHER}").split() or [name])
        if with_help:
            parts.append(f"**{heading}**\n\n" + "\n".join(_line(family) for family in members))
        else:
            parts.append(f"**{heading}**: " + ", ".join(f"`{family.name}`" for family in members))
    return "\n\n".join(parts)


def _line(family: Exposed) -> str:
    about = " ".join(family.metadata.help.split())[:160]
    return f"- `{family.name}` ({family.kind.value}){': ' if about else ''}{about}"


def _nothing(job: str) -> Json:
    content = f"Job **{job}** has no series in the last hour. Its state is on the Targets page."
    return panel("text", "", options={"mode": "markdown", "content": content}, flow={"w": COLUMNS})
