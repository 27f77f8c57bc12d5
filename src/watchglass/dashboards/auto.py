"""A dashboard made of whatever a job exposes, for somebody who has not made one yet.

Families are grouped by the beginning of their names and sorted by how much they are likely to tell; a bounded number
is drawn and the rest is listed. Only labels and metadata are looked at, so thousands of metrics cost no query.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from watchglass.columns import LabelTable
from watchglass.dashboards.exposed import Exposed, Kind, exposed
from watchglass.dashboards.grafana import COLUMNS, Json, normalise, panel, row, safe_uid
from watchglass.dashboards.panels import draw
from watchglass.dashboards.units import without_unit
from watchglass.dashboards.usefulness import is_runtime, usefulness
from watchglass.model.metadata import Metadata

MAX_PANELS = 40
MAX_RUNTIME_PANELS = 8
MAX_GROUP = 24  # families of one row; a larger group is split by the next word of their names
MIN_GROUP = 3  # smaller groups join the row of what is left
MAX_LISTED_WITH_HELP = 300
_FATIGUE = 0.94  # each further family of a group tells a little less, unless they have nothing in common
_OTHER = "other"
# Panel types in the order of a row: how many stand in a line, how high, and how wide at most.
LINES = {"stat": (6, 4, 6), "timeseries": (3, 7, 12), "table": (1, 5, COLUMNS)}

Groups = dict[str, list[Exposed]]


def auto_uid(job: str) -> str:
    """The uid of a job's automatic dashboard."""
    return safe_uid(f"auto-{job}")


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
    own = choose([family for family in families if not is_runtime(family.name)], max_panels)
    drawn = sum(map(len, own.values()))
    runtime = choose(
        [family for family in families if is_runtime(family.name)], min(max_panels - drawn, MAX_RUNTIME_PANELS)
    )
    panels = [
        part
        for name, members in own.items()
        for part in (row(_row_title(name)), *_draw_group(members, job, table, name))
    ]
    inside = [part for name, members in runtime.items() for part in _draw_group(members, job, table, "")]
    if inside:
        panels.append(row("Runtime and scraping", inside, collapsed=True))
    shown = {family.name for group in (*own.values(), *runtime.values()) for family in group}
    panels += _rest([family for family in families if family.name not in shown], len(families))
    return normalise(
        {
            "uid": auto_uid(job),
            "title": job,
            "description": f"Made automatically from the metrics of job {job}.",
            "tags": ["automatic"],
            "time": {"from": "now-1h", "to": "now"},
            "refresh": "10s",
            "graphTooltip": 1,
            "panels": panels or [_nothing(job)],
        }
    )


def choose(families: Sequence[Exposed], limit: int) -> Groups:
    """The most useful families, at most `limit`, in groups; groups and their members by usefulness."""
    ranked = []
    for name, members in group_by_prefix(families).items():
        best_first = sorted(members, key=lambda family: (-usefulness(family), family.name))
        for place, family in enumerate(best_first):
            alike = 0 if name.endswith(_OTHER) else place
            ranked.append((usefulness(family) * _FATIGUE**alike, name, family))
    ranked.sort(key=lambda entry: (-entry[0], entry[1], entry[2].name))
    chosen: Groups = {}
    for _, name, family in ranked[: max(0, limit)]:
        chosen.setdefault(name, []).append(family)
    return _gather_single(chosen)


def _gather_single(groups: Groups) -> Groups:
    """Groups of one family join what is left of the same first word, so that no row holds one panel."""
    gathered: Groups = {}
    for name, members in groups.items():
        first = name.partition(" ")[0]
        other = f"{first} {_OTHER}" if first != name else name
        _join(gathered, name if len(members) > 1 else other, members)
    return gathered


def group_by_prefix(families: Iterable[Exposed]) -> Groups:
    """Families by the first word of their names, by the first two where that is too many at once."""
    groups: Groups = {}
    for first, members in _by_words(families, 1).items():
        if len(members) <= MAX_GROUP:
            _join(groups, first if len(members) >= MIN_GROUP else _OTHER, members)
            continue
        for two, fewer in _by_words(members, 2).items():
            _join(groups, two if len(fewer) >= MIN_GROUP else f"{first} {_OTHER}", fewer)
    return groups


def _by_words(families: Iterable[Exposed], count: int) -> Groups:
    groups: Groups = {}
    for family in families:
        groups.setdefault(" ".join(_parts(family.name)[:count]), []).append(family)
    return groups


def _join(groups: Groups, name: str, members: Iterable[Exposed]) -> None:
    groups.setdefault(name, []).extend(members)


def _draw_group(members: Sequence[Exposed], job: str, table: LabelTable, group: str) -> list[Json]:
    """Panels of a group, numbers before charts before tables, each line filled to its end."""
    titles = make_titles(members, group)
    panels = [draw(family, job, table, titles[family.name]) for family in members]
    of_type = {kind: [part for part in panels if part["type"] == kind] for kind in LINES}
    return [part for kind, shape in LINES.items() for line in _lines(of_type[kind], *shape) for part in line]


def _lines(panels: Sequence[Json], in_line: int, height: int, widest: int) -> Iterable[list[Json]]:
    """The panels in as few lines as needed, equally many in each, as wide as fits but not wider than `widest`."""
    count = -(-len(panels) // in_line)
    for index in range(count):
        line = panels[len(panels) * index // count : len(panels) * (index + 1) // count]
        width = min(widest, COLUMNS // len(line))
        yield [part | {"flow": {"w": width, "h": height, "new": part is line[0]}} for part in line]


def _row_title(group: str) -> str:
    return _sentence(group.removesuffix(f" {_OTHER}"))


def make_titles(families: Sequence[Exposed], group: str) -> dict[str, str]:
    """Readable titles by name: less the group's words and the unit, unless two titles would be the same."""
    short = {family.name: _title(family, group) for family in families}
    seen = Counter(short.values())
    return {name: title if seen[title] == 1 else _readable(name, group) for name, title in short.items()}


def _title(family: Exposed, group: str) -> str:
    if family.kind is Kind.TIMESTAMP:
        event = re.sub(r"(_timestamp|_time)?(_seconds)?$", "", family.name)
        return f"Since {_readable(event, group).lower()}"
    return _readable(without_unit(family.name), group)


def _readable(name: str, group: str) -> str:
    parts = _parts(name)
    prefix = group.removesuffix(_OTHER).split()
    if prefix and parts[: len(prefix)] == prefix and len(parts) > len(prefix):
        parts = parts[len(prefix) :]
    return _sentence(" ".join(parts))


def _parts(name: str) -> list[str]:
    """The words of a name, as they are written; the name itself where it has none."""
    return [part for part in re.split(r"[_:.\s]+", name) if part] or [name]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rest(families: Sequence[Exposed], total: int) -> list[Json]:
    """A collapsed row that lists what is not drawn; nothing where all is drawn."""
    if not families:
        return []
    title = f"{len(families)} of {total} metrics are not drawn"
    inside = panel("text", "", options={"mode": "markdown", "content": _list(families)}, flow={"w": COLUMNS, "h": 12})
    return [row(title, [inside], collapsed=True)]


def _list(families: Sequence[Exposed]) -> str:
    with_help = len(families) <= MAX_LISTED_WITH_HELP
    parts = []
    for name, members in sorted(group_by_prefix(families).items()):
        if with_help:
            parts.append(f"**{name}**\n\n" + "\n".join(_line(family) for family in members))
        else:
            parts.append(f"**{name}**: " + ", ".join(f"`{family.name}`" for family in members))
    return "\n\n".join(parts)


def _line(family: Exposed) -> str:
    about = " ".join(family.metadata.help.split())[:160]
    return f"- `{family.name}` ({family.kind.value}){': ' if about else ''}{about}"


def _nothing(job: str) -> Json:
    content = f"Job **{job}** has no series in the last hour. Its state is on the Targets page."
    return panel("text", "", options={"mode": "markdown", "content": content}, flow={"w": COLUMNS})
