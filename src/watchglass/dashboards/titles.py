"""Titles that people read, made of metric names: words, abbreviations as they are written, no units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from watchglass.dashboards.exposed import Exposed, Kind
from watchglass.dashboards.units import without_unit

_CAPITALS = (
    "API ARP ASGI CFS CPU DB DNS FD FDs GC GPU HTML HTTP HTTPS I/O ICMP ID IP IPC IPv4 IPv6 JSON JVM JWT KV LLM LRU MTU NFS"
    " NTP NUMA NVMe OOM OS PID PromQL QPS RAM RCU RPC gRPC RSS SDK SLA SLO SMTP SQL SSD SSE SSL TCP TLS TSDB TTFT"
    " TTL UDP UI URI URL USB UTF UUID VM VRAM WAL WSGI XFS XML"
)
# How words of metric names are written: abbreviations with their capitals, clippings in full.
WRITTEN: Mapping[str, str] = {word.lower(): word for word in _CAPITALS.split()} | {
    "avail": "available",
    "cpus": "CPUs",
    "filefd": "file descriptors",
    "gpus": "GPUs",
    "ids": "IDs",
    "intr": "interrupts",
    "io": "I/O",
    "mem": "memory",
    "procs": "processes",
}
_LOAD = re.compile(r"load(1|5|15)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD_ENDS = re.compile(r"[_:.\s]+")


def name_parts(name: str) -> list[str]:
    """The words of a name, as they are written in it; the name itself where it has none."""
    return [part for part in _WORD_ENDS.split(name) if part] or [name]


def common_words(names: Sequence[str]) -> list[str]:
    """The words that all the names begin with, less one that would leave a name without any."""
    split = [name_parts(name) for name in names]
    shared: list[str] = []
    for words in zip(*split, strict=False):
        if len(set(words)) > 1:
            break
        shared.append(words[0])
    return shared[: min(map(len, split), default=1) - 1]


def sentence(words: Sequence[str]) -> str:
    """The words as people write them, the first with a capital."""
    text = " ".join(written for word in words for written in _written(word))
    first = text.partition(" ")[0]
    return text if first in WRITTEN.values() and not first.islower() else text[:1].upper() + text[1:]


def make_titles(families: Sequence[Exposed], prefix: Sequence[str] = ()) -> dict[str, str]:
    """Readable titles by name: less the first words `prefix` and the unit, unless two titles would be the same."""
    short = {family.name: _title(family, prefix) for family in families}
    seen = Counter(short.values())
    return {
        name: title if seen[title] == 1 else sentence(_without(name_parts(name), prefix))
        for name, title in short.items()
    }


def _title(family: Exposed, prefix: Sequence[str]) -> str:
    if family.kind is Kind.CLOCK:
        return "Clock drift"
    if family.kind is Kind.TIMESTAMP:
        event = re.sub(r"(_timestamp|_m?time)?(_seconds)?$", "", family.name)
        if name_parts(event)[-1] == "boot":
            return "Uptime"
        return sentence(["since", *_without(name_parts(event), prefix)])
    return sentence(_without(name_parts(without_unit(family.name) or family.name), prefix))


def _without(parts: list[str], prefix: Sequence[str]) -> list[str]:
    starts = prefix and parts[: len(prefix)] == list(prefix)
    return parts[len(prefix) :] if starts and len(parts) > len(prefix) else parts


def _written(word: str) -> list[str]:
    """One word of a name as one or more words of a title."""
    if load := _LOAD.fullmatch(word):
        return ["load", load[1], "min"]
    if word.lower() in WRITTEN:
        return [WRITTEN[word.lower()]]
    return [WRITTEN.get(part.lower(), part if part.isupper() else part.lower()) for part in _CAMEL.split(word)]
