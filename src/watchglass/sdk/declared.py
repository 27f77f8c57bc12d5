"""What metrics a pack declares in its `metrics.yaml`: names, types, labels, buckets, units and words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from watchglass.errors import ConfigError

if TYPE_CHECKING:
    from watchglass.wire.yaml import Node

METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
TYPES = ("counter", "gauge", "histogram")
ADDABLE = ("all", "type", "labels", "buckets")
JOINED = ("sum", "latest", "min", "max")
"""How the values that several worker processes of an application have of one gauge become one."""


@dataclass(frozen=True, slots=True)
class DeclaredMetric:
    """One metric of a pack.

    Attributes:
        name: as it is exposed; of a counter with its `_total`.
        type: counter, gauge or histogram.
        help: what it counts or measures.
        unit: of its values; a word such as `seconds`, `usd`, `ratio`.
        labels: names, in the order in which they are shown.
        buckets: upper bounds of a histogram, rising, without `+Inf`.
        added: what the system's guide does not state: `labels`, `buckets`, `type`, or `all` of it.
        workers: of a gauge, how the values of an application's worker processes are joined: `sum` (such as open
            connections), `latest` (what is set from outside, such as a balance), `min` or `max`.
    """

    name: str
    type: str
    help: str
    unit: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    added: frozenset[str] = frozenset()
    workers: str = "sum"


def read_declared(path: Path) -> tuple[DeclaredMetric, ...]:
    """The metrics that a file declares, in its order.

    Raises:
        ConfigError: it cannot be read or parsed, or declares something that is no metric; names file, line and key.
    """
    from watchglass.wire.yaml import load_yaml_file, unknown_key  # noqa: PLC0415 - 15 ms, for those who read packs

    root = load_yaml_file(path)
    found: dict[str, DeclaredMetric] = {}
    for key, value in root.pairs():
        if key.value != "metrics":
            raise key.error(unknown_key(key.value, ["metrics"]))
        for at, node in enumerate(value.items("metrics")):
            metric = _metric(node, f"metrics[{at}]")
            if metric.name in found:
                raise node.error(f'"{metric.name}" is declared twice', f"metrics[{at}].name")
            found[metric.name] = metric
    return tuple(found.values())


def _metric(node: Node, at: str) -> DeclaredMetric:
    from watchglass.wire.yaml import unknown_key  # noqa: PLC0415 - as above

    given: dict[str, Node] = {}
    for key, value in node.pairs(at):
        if key.value not in _KEYS:
            raise key.error(unknown_key(key.value, _KEYS), at)
        given[key.value] = value
    for needed in ("name", "type", "help", "unit"):
        if needed not in given or given[needed].is_null:
            raise node.error(f"{needed} is missing", at)
    metric = DeclaredMetric(**{key: _KEYS[key](value, f"{at}.{key}") for key, value in given.items()})  # type: ignore[arg-type]
    if problem := _problem(metric):
        raise node.error(problem, at)
    return metric


def _problem(metric: DeclaredMetric) -> str:
    """What is wrong between the parts of a metric; empty where nothing is."""
    if metric.type == "histogram" and not metric.buckets:
        return "a histogram needs buckets"
    if metric.type != "histogram" and metric.buckets:
        return f"a {metric.type} has no buckets"
    if metric.type == "counter" and not metric.name.endswith("_total"):
        return f'the name of a counter ends in _total; did you mean "{metric.name}_total"?'
    if metric.type != "gauge" and metric.workers != "sum":
        return f"the values of a {metric.type} are added up, whatever `workers` says"
    if metric.type == "histogram" and "le" in metric.labels:
        return 'a histogram uses the label "le" itself'
    return ""


def _name(node: Node, key: str) -> str:
    return _matching(node, key, METRIC_NAME, "metric")


def _labels(node: Node, key: str) -> tuple[str, ...]:
    names = tuple(_matching(item, key, LABEL_NAME, "label") for item in node.items(key))
    if len(set(names)) < len(names):
        raise node.error("a label stands there twice", key)
    return names


def _matching(node: Node, key: str, pattern: re.Pattern[str], what: str) -> str:
    name = node.text(key)
    if pattern.fullmatch(name) is None or name.startswith("__"):
        raise node.error(f'"{name}" is no name of a {what}', key)
    return name


def _type(node: Node, key: str) -> str:
    return _one_of(node, key, TYPES)


def _one_of(node: Node, key: str, known: tuple[str, ...]) -> str:
    word = node.text(key)
    if word not in known:
        raise node.error(f'expected {", ".join(known[:-1])} or {known[-1]}, got "{word}"', key)
    return word


def _buckets(node: Node, key: str) -> tuple[float, ...]:
    try:
        bounds = tuple(float(text) for text in node.texts(key))
    except ValueError:
        raise node.error("the bounds of buckets are numbers", key) from None
    if not all(map(math.isfinite, bounds)):
        raise node.error("the bounds of buckets are finite; +Inf is there by itself", key)
    if any(low >= high for low, high in pairwise(bounds)):
        raise node.error("the bounds of buckets rise", key)
    return bounds


def _added(node: Node, key: str) -> frozenset[str]:
    items = [node] if node.is_scalar else node.items(key)
    return frozenset(_one_of(item, key, ADDABLE) for item in items)


_KEYS: dict[str, Callable[[Node, str], object]] = {
    "name": _name,
    "type": _type,
    "labels": _labels,
    "buckets": _buckets,
    "unit": lambda node, key: node.text(key),
    "help": lambda node, key: node.text(key),
    "added": _added,
    "workers": lambda node, key: _one_of(node, key, JOINED),
}


PACKS = Path(__file__).parent.parent / "packs"
"""The packs that ship."""


def pack_names() -> list[str]:
    """The packs that ship, by name."""
    return sorted(path.parent.name for path in PACKS.glob("*/metrics.yaml"))


def pack_folder(pack: str | Path) -> Path:
    """The folder of a pack that ships, by its name, or of one's own, by its path.

    Raises:
        ConfigError: there is none.
    """
    if isinstance(pack, Path):
        if not (pack / "metrics.yaml").is_file():
            raise ConfigError("it has no metrics.yaml" if pack.is_dir() else "there is no such folder", path=str(pack))
        return pack
    if pack not in pack_names():
        near = get_close_matches(pack, pack_names(), 1)
        hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(pack_names())}"
        raise ConfigError(f'there is no pack "{pack}"; {hint}')
    return PACKS / pack
