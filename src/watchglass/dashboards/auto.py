"""A dashboard made of whatever a job exposes, for somebody who has not made one yet.

Families are grouped by the beginning of their names and sorted by how much they are likely to tell; a bounded number
is drawn and the rest is listed. Only labels and metadata are looked at, so thousands of metrics cost no query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from watchglass.columns import LabelTable
from watchglass.dashboards.exposed import Exposed, exposed
from watchglass.dashboards.grafana import COLUMNS, Json, normalise, panel, row, safe_uid
from watchglass.dashboards.lines import lay_out
from watchglass.dashboards.panels import draw
from watchglass.dashboards.titles import common_words, make_titles, name_parts, sentence
from watchglass.dashboards.usefulness import is_runtime, is_unlimited, usefulness
from watchglass.model.metadata import Metadata

AUTO = "auto-"  # how the uids of automatic dashboards begin
MAX_PANELS = 40
MAX_RUNTIME_PANELS = 12
MAX_GROUP = 24  # families of one row; a larger group is split by the next word of their names
MIN_GROUP = 3  # smaller groups join the row of what is left
MAX_LISTED_WITH_HELP = 300
_FATIGUE = 0.94  # each further family of a group tells a little less, unless they have nothing in common
_OTHER = "other"
_DIGITS = "0123456789"
MAX_TEXT_HEIGHT = 24  # rows of the grid
_CHARACTERS_IN_LINE = 150

Groups = dict[str, list[Exposed]]


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
    telling = [family for family in families if not is_unlimited(family.name)]
    own = choose([family for family in telling if not is_runtime(family.name)], max_panels)
    left = min(max_panels - sum(map(len, own.values())), MAX_RUNTIME_PANELS)
    runtime = choose([family for family in telling if is_runtime(family.name)], left)
    panels = [
        part for name, members in main_first(own, families).items() for part in _draw_row(name, members, job, table)
    ]
    inside = _draw_group([family for members in runtime.values() for family in members], job, table, ())
    if inside:
        panels.append(row("Runtime and scraping", inside, collapsed=True))
    shown = {family.name for group in (*own.values(), *runtime.values()) for family in group}
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
    )


def main_first(groups: Groups, families: Sequence[Exposed]) -> Groups:
    """The groups, those of the word that more than half of a job's own families begin with before all others."""
    own = Counter(name_parts(family.name)[0] for family in families if not is_runtime(family.name))
    word, count = max(own.items(), key=lambda entry: entry[1], default=("", 0))
    if 2 * count <= own.total():
        return groups
    return dict(sorted(groups.items(), key=lambda entry: entry[0].partition(" ")[0] != word))


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
        groups.setdefault(" ".join(name_parts(family.name)[:count]), []).append(family)
    return groups


def _join(groups: Groups, name: str, members: Iterable[Exposed]) -> None:
    groups.setdefault(name, []).extend(members)


def _draw_row(name: str, members: Sequence[Exposed], job: str, table: LabelTable) -> list[Json]:
    """A row and its panels; what all its names begin with is the title of the row alone."""
    first = name.removesuffix(_OTHER).split()
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
        heading = sentence(name.removesuffix(f" {_OTHER}").split() or [name])
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
