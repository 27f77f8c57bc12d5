"""How much a metric is likely to tell somebody who knows nothing yet: a number made of its kind and its words.

Only the order matters. Words of work done for users (requests, errors, durations, tokens) come before resources,
resources before bookkeeping; details that explain rather than tell go to the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from watchglass.dashboards.exposed import Exposed, Kind
from watchglass.dashboards.units import words

KINDS: Mapping[Kind, float] = {
    Kind.HISTOGRAM: 30,
    Kind.COUNTER: 20,
    Kind.GAUGE: 18,
    Kind.SUMMARY: 18,
    Kind.GAUGE_HISTOGRAM: 15,
    Kind.TIMESTAMP: 18,
    Kind.CLOCK: 0,
    Kind.BOOLEAN: 8,
    Kind.INFO: 12,
}

_LEVELS = {
    16: "cpu gpu",
    12: "requests request memavailable",
    10: "errors duration latency tokens cost utilization queue load1",
    8: "boot failures failed timeouts filesystem avail usage memtotal sessions progress",
    6: "used connections temperature lag load power users active pending running cache token depth memfree cached",
    4: "bytes receive transmit read written reads writes available total hits misses rejected dropped retries size up",
    2: "memory disk network free info start resident packets load5 procs swapfree swaptotal buffers",
    -6: "pressure merged colls carrier multicast frame fifo compressed nohandler anon file sockstat vmstat drop errs iface",
    -10: "netstat discard discards discarded inactive softnet arp entropy textfile mtu flags zone hw nf conntrack",
    -16: "timex clocksource guest hugepages hugepagesize hugetlb directmap4k directmap2m directmap1g selinux flush",
    -20: "vmalloctotal vmallocchunk vmallocused gc debug assign dormant protocol group percpu bounce udp queues",
}
WORDS: Mapping[str, int] = {word: weight for weight, listed in _LEVELS.items() for word in listed.split()}

_RUNTIME = re.compile(r"^(go|python|jvm|nodejs|ruby|dotnet|promhttp|scrape|node_scrape)_|^up$")


def usefulness(family: Exposed) -> float:
    """A number to sort by, larger is more useful."""
    return KINDS[family.kind] + sum(WORDS.get(word, 0) for word in words(family.name))


_UNLIMITED = re.compile(r"(^|_)virtual_memory_max_bytes$")


def is_unlimited(name: str) -> bool:
    """Whether the metric tells a limit that is next to never set: 16 EiB are no news, and spoil the axis."""
    return _UNLIMITED.search(name) is not None


def is_runtime(name: str) -> bool:
    """Whether the metric speaks of the language's runtime or of scraping rather than of what the program does."""
    return _RUNTIME.search(name) is not None
