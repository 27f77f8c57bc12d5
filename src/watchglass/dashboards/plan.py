"""What an automatic dashboard draws, in which groups and order; and that this stays so between visits.

Families are grouped by the beginning of their names and sorted by how much they are likely to tell. What rests goes
into a group of its own. A plan once made holds: a metric that comes later joins it, and only where many come or go is
there a new one, so that a threshold crossed by a single scrape moves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from watchglass.dashboards.exposed import Exposed
from watchglass.dashboards.motion import Motions, all_constant, is_informed, is_resting, is_still_gauge
from watchglass.dashboards.titles import name_parts
from watchglass.dashboards.usefulness import is_runtime, is_unlimited, usefulness

MAX_RUNTIME_PANELS = 12
MAX_RESTING_PANELS = 12
MAX_LATE_PANELS = 12  # of metrics that come, or begin to move, after the plan was made
MIN_AWAKE = 6  # with fewer that move, nothing is folded away
MAX_UNFOLDED = 12  # so many families or fewer are seen at a glance, and nothing is folded away either
MAX_GROUP = 24  # families of one row; a larger group is split by the next word of their names
MIN_GROUP = 3  # smaller groups join the row of what is left
OTHER = "other"
RESTING_LOSS = 40  # what usefulness a panel loses that shows zeros
STILL_LOSS = 20  # and one that shows another flat line
NEW_PLAN_SHARE = 0.25  # of the families: so many have come or gone when a new plan is made
NEW_PLAN_COUNT = 5  # and more than so many
_FATIGUE = 0.94  # each further family of a group tells a little less, unless they have nothing in common

Groups = dict[str, list[Exposed]]
NOTHING_KNOWN: Motions = {}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a dashboard draws, by the names of families; one that is gone now may be among them.

    Attributes:
        names: of all families when the plan was made.
        groups: what is drawn, by group, both in order.
        resting: what is drawn folded away, because it rests.
        asleep: all that rested when the plan was made.
        runtime: what is drawn of the runtime and of scraping.
        informed: whether it was known what rests.
    """

    names: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    resting: tuple[str, ...]
    asleep: frozenset[str]
    runtime: tuple[str, ...]
    informed: bool

    @property
    def drawn(self) -> list[str]:
        """All that is drawn and not folded away."""
        return [name for members in self.groups.values() for name in members]


def make_plan(families: Sequence[Exposed], max_panels: int, motions: Motions = NOTHING_KNOWN) -> Plan:
    """A plan for what a job exposes.

    Args:
        families: all of them.
        max_panels: how many are drawn at most, less those that are folded away because they rest.
        motions: what is known of their values.
    """
    telling = [family for family in families if not is_unlimited(family.name)]
    own = [family for family in telling if not is_runtime(family.name)]
    awake = [family for family in own if not is_resting(family, motions)]
    if len(awake) < MIN_AWAKE or len(own) <= MAX_UNFOLDED:
        awake = own
    groups = choose(awake, max_panels, motions)
    if awake is not own:
        groups = _without_constant(groups, motions)
    drawn = {family.name for members in groups.values() for family in members}
    runtime = choose(
        [family for family in telling if is_runtime(family.name)],
        min(max_panels - len(drawn), MAX_RUNTIME_PANELS),
        motions,
    )
    asleep = _best_first(family for family in own if family.name not in drawn and is_flat(family, motions))
    return Plan(
        names=frozenset(family.name for family in families),
        groups={name: _names(members) for name, members in main_first(groups, families).items()},
        resting=_names(asleep[:MAX_RESTING_PANELS]),
        asleep=frozenset(_names(asleep)),
        runtime=_names(family for members in runtime.values() for family in members),
        informed=is_informed(motions),
    )


def follow(plan: Plan, families: Sequence[Exposed], max_panels: int, motions: Motions = NOTHING_KNOWN) -> Plan:
    """The plan for another visit: the same, with what has come since or moves now; a new one where much has changed."""
    changed = len(plan.names ^ frozenset(family.name for family in families))
    much = changed > max(NEW_PLAN_COUNT, NEW_PLAN_SHARE * len(plan.names))
    if much:
        return make_plan(families, max_panels, motions)
    if is_informed(motions) and not plan.informed:
        return _settled(plan, make_plan(families, max_panels, motions), families, max_panels)
    known = (plan.names - plan.asleep) | set(plan.drawn)
    late = [
        family
        for family in families
        if family.name not in known
        and not is_runtime(family.name)
        and not is_unlimited(family.name)
        and not is_flat(family, motions)
    ]
    return _joined(plan, _best_first(late)[: max(0, max_panels + MAX_LATE_PANELS - len(plan.drawn))])


def is_flat(family: Exposed, motions: Motions) -> bool:
    """Whether there is nothing to see of the family but a flat line."""
    return is_resting(family, motions) or all_constant([family], motions)


def _settled(plan: Plan, fresh: Plan, families: Iterable[Exposed], max_panels: int) -> Plan:
    """The plan once it is known what rests: that is folded away, other metrics take its places, the rest stays."""
    awake = {name: tuple(each for each in members if each not in fresh.asleep) for name, members in plan.groups.items()}
    kept = replace(fresh, groups={name: members for name, members in awake.items() if members})
    wanted = set(fresh.drawn) - set(kept.drawn)
    late = _best_first(family for family in families if family.name in wanted)
    return _joined(kept, late[: max(0, max_panels - len(kept.drawn))])


def _joined(plan: Plan, late: Sequence[Exposed]) -> Plan:
    if not late:
        return plan
    groups = dict(plan.groups)
    for family in late:
        first, *more = name_parts(family.name)
        places = (" ".join([first, *more[:1]]), first, f"{first} {OTHER}", OTHER)
        place = next((place for place in places if place in groups), first)
        groups[place] = (*groups.get(place, ()), family.name)
    awake = set(_names(late))
    return replace(plan, groups=groups, resting=tuple(name for name in plan.resting if name not in awake))


def _without_constant(groups: Groups, motions: Motions) -> Groups:
    """The groups less those in which nothing moves; all of them where nothing moves at all."""
    return {name: members for name, members in groups.items() if not all_constant(members, motions)} or groups


def _best_first(families: Iterable[Exposed]) -> list[Exposed]:
    return sorted(families, key=lambda family: (-usefulness(family), family.name))


def _names(families: Iterable[Exposed]) -> tuple[str, ...]:
    return tuple(family.name for family in families)


def main_first(groups: Groups, families: Sequence[Exposed]) -> Groups:
    """The groups, those of the word that more than half of a job's own families begin with before all others."""
    own = Counter(name_parts(family.name)[0] for family in families if not is_runtime(family.name))
    word, count = max(own.items(), key=lambda entry: entry[1], default=("", 0))
    if 2 * count <= own.total():
        return groups
    return dict(sorted(groups.items(), key=lambda entry: entry[0].partition(" ")[0] != word))


def choose(families: Sequence[Exposed], limit: int, motions: Motions = NOTHING_KNOWN) -> Groups:
    """The most useful families, at most `limit`, in groups; groups and their members by usefulness, what moves first."""

    def use(family: Exposed) -> float:
        if is_resting(family, motions):
            return usefulness(family) - RESTING_LOSS
        return usefulness(family) - (STILL_LOSS if is_still_gauge(family, motions) else 0)

    ranked = []
    for name, members in group_by_prefix(families).items():
        best_first = sorted(members, key=lambda family: (-use(family), family.name))
        for place, family in enumerate(best_first):
            alike = 0 if name.endswith(OTHER) else place
            ranked.append((use(family) * _FATIGUE**alike, name, family))
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
        other = f"{first} {OTHER}" if first != name else name
        _join(gathered, name if len(members) > 1 else other, members)
    return gathered


def group_by_prefix(families: Iterable[Exposed]) -> Groups:
    """Families by the first word of their names, by the first two where that is too many at once."""
    groups: Groups = {}
    for first, members in _by_words(families, 1).items():
        if len(members) <= MAX_GROUP:
            _join(groups, first if len(members) >= MIN_GROUP else OTHER, members)
            continue
        for two, fewer in _by_words(members, 2).items():
            _join(groups, two if len(fewer) >= MIN_GROUP else f"{first} {OTHER}", fewer)
    return groups


def _by_words(families: Iterable[Exposed], count: int) -> Groups:
    groups: Groups = {}
    for family in families:
        groups.setdefault(" ".join(name_parts(family.name)[:count]), []).append(family)
    return groups


def _join(groups: Groups, name: str, members: Iterable[Exposed]) -> None:
    groups.setdefault(name, []).extend(members)
