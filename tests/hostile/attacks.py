"""What a hostile client sends, as data: queries, parameters, and requests down to their bytes.

Each attack says what may come of it: `ERROR` an error envelope, `ANY` an answer or an error envelope, or the very value
that Prometheus gives, where an absurd query is a valid one.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote_plus

ANY, ERROR = "any answer", "an error"


class Query(NamedTuple):
    """A query, the hours and step of its range (0 hours: one time), and what may come of it."""

    name: str
    text: str
    hours: float = 0
    step_s: float = 60
    wanted: str = ANY


def nested(head: str, inner: str, tail: str, depth: int) -> str:
    """`inner` within `depth` pairs of `head` and `tail`."""
    return head * depth + inner + tail * depth


EVERYTHING = '{__name__=~".+"}'
DATA = "hostile_data"

CHAINS = [
    Query("16 kB of sums", "1" + "+1" * 8190, wanted="8191"),
    Query("16 kB of sums of a series", "sum(hostile_one" + "+hostile_one" * 1360 + ")", wanted="1361"),
    Query("16 kB of comparisons", "1" + " == bool 1" * 1600, wanted="1"),
    Query("16 kB of powers", "1" + "^1" * 8190),
    Query("16 kB of or", "count(hostile_one" + " or hostile_one" * 1090 + ")", wanted="1"),
    Query("16 kB of or of everything", DATA + f" or {DATA}" * 1000, hours=1),
    Query("16 kB of and", DATA + f" and {DATA}" * 1000, hours=1),
    Query("16 kB of unless", DATA + f" unless {DATA}" * 900, hours=1),
    Query("16 kB of names", " or ".join(f"n{number}" for number in range(1_800)), hours=1),
    Query("16 kB of offsets", "up" + " offset 1m" * 1600, wanted=ERROR),
    Query("16 kB of matchers", "{" + 'job="a",' * 2_000 + 'job="b"}'),
    Query("16 kB of grouping labels", "count(sum by (" + "job," * 4_000 + "job) (hostile_one))", wanted="1"),
    Query("256 kB of sums", "1" + "+1" * 131_000),
    Query("a megabyte of sums", "1" + "+1" * 500_000, wanted=ERROR),
    Query("a chain of sums over a day", DATA + f"+{DATA}" * 500, hours=24),
]

NESTING = [
    Query("30,000 opened", "(" * 30_000, wanted=ERROR),
    Query("30,000 closed", ")" * 30_000, wanted=ERROR),
    Query("30,000 pairs", nested("(", "1", ")", 30_000)),
    Query("30,000 square brackets", "[" * 30_000, wanted=ERROR),
    Query("30,000 braces", "{" * 30_000, wanted=ERROR),
    Query("30,000 minus signs", "-" * 30_000 + "1"),
    Query("30,000 signs of both kinds", "+-" * 15_000 + "up"),
    Query("400 pairs", nested("(", "1", ")", 400), wanted="1"),
    Query("nested aggregations", nested("sum(", "up", ")", 8_000)),
    Query("nested calls", nested("abs(", "up", ")", 8_000)),
    Query("nested aggregations, few", nested("sum(", "hostile_one", ")", 300), wanted="1"),
    Query("nested there and back", nested("vector(scalar(", "1", "))", 4_000)),
    Query("nested subqueries", nested("max_over_time(", DATA, "[1h:1s])", 20)),
    Query("nested subqueries of a day", nested("sum_over_time(", DATA, "[1d:1m])", 3), hours=24),
    Query("nested label_join", nested("label_join(", "up", ', "x", "", "x", "x", "job")', 80)),
    Query("doubling labels", nested("label_replace(", "up", ', "job", "$1$1", "job", "(.*)")', 60)),
    Query("doubling labels of everything", nested("label_replace(", DATA, ', "job", "$1$1$1", "job", "(.*)")', 12)),
    Query("nested groupings", nested("sum by (job) (", "up", ")", 4_000)),
    Query("nested durations", "up[" + nested("(", "1m", ")", 20_000) + "]"),
]

REGEXES = [
    Query("exponential for backtrackers", '{series=~"(a+)+$"}'),
    Query("the same, on long labels", f'{{__name__="{DATA}",series!~"(([a-z])+.)+[A-Z]([a-z])+$"}}'),
    Query("the same, nested", '{series=~"((((((((a*)*)*)*)*)*)*)*)*b"}'),
    Query("a million repetitions", '{series=~"(x{1000}){1000}"}', wanted=ERROR),
    Query("many repetitions", '{series=~"' + "(x{0,1000})" * 200 + '"}'),
    Query("30 kB of alternatives", '{series=~"' + "|".join(f"s{n}.*" for n in range(4_000)) + '"}'),
    Query("30 kB of groups", '{series=~"' + "(" * 15_000 + ")" * 15_000 + '"}'),
    Query("unclosed", '{series=~"["}', wanted=ERROR),
    Query("look-behind", '{series=~"(?<=a)b"}', wanted=ERROR),
    Query("200 kB", '{series=~"' + ".*a" * 66_000 + '"}', wanted=ERROR),
    Query("every letter there is", '{series=~"' + "[^x]" * 5_000 + '"}'),
    Query("in label_replace", 'label_replace(up, "x", "$1", "job", "(((a+)+)+)+$")'),
    Query("in info", 'info(up, {job=~"(x{1000}){1000}"})', wanted=ERROR),
]

SIZES = [
    Query("everything at 11,000 steps", EVERYTHING, hours=11_000 / 3600, step_s=1),
    Query("everything, a day", EVERYTHING, hours=24, step_s=8),
    Query("windows of everything", f"quantile_over_time(0.9, {EVERYTHING}[1h])", hours=24, step_s=10),
    Query("smoothing", f"double_exponential_smoothing({DATA}[12h], 0.5, 0.5)", hours=24, step_s=10),
    Query("median deviations", f"mad_over_time({DATA}[12h])", hours=24, step_s=10),
    Query("count_values", f'count_values("v", {DATA})', hours=24, step_s=10),
    Query("count_values of noise", f'count_values("v", {DATA} * time())', hours=24, step_s=10),
    Query("counted subquery", f'count_values("v", max_over_time(({DATA} * time())[1h:1s]))', hours=24, step_s=60),
    Query("a cross product", f"{DATA} * on () group_left {DATA}"),
    Query("a cross product by names", f"{DATA} * on (job) group_left (series) {DATA}", hours=24, step_s=10),
    Query("or that matches nothing", f"{DATA} or on (nope) {DATA} * 2", hours=24, step_s=10),
    Query("290 years", f"sum(count_over_time({DATA}[290y]))"),
    Query("1000 years", f"{DATA}[1000y]", wanted=ERROR),
    Query("290 years at each step", f"max_over_time({DATA}[290y])", hours=24, step_s=10),
    Query("raw samples of a day", f"{EVERYTHING}[1d]"),
    Query("a subquery of milliseconds", f"max_over_time({DATA}[1d:1ms])", wanted=ERROR),
    Query("a subquery of milliseconds, time", "max_over_time(time()[290y:1ms])", wanted=ERROR),
    Query("a subquery of a constant", "sum_over_time(vector(1)[1y:1s])", hours=24, step_s=60),
    Query("a subquery at every step", f"sum_over_time(rate({DATA}[5m])[1d:10s])", hours=24, step_s=10),
    Query("offset to the past", f"{DATA} offset 290y", hours=24),
    Query("offset to the future", f"{DATA} offset -290y", hours=24),
    Query("@ of no number", f"{DATA} @ NaN", wanted=ERROR),
    Query("@ beyond int64", f"{DATA} @ 1e300", wanted=ERROR),
    Query("a number too large", "1e400", wanted=ERROR),
    Query("9 kB of digits", "9" * 9_000, wanted=ERROR),
    Query("9 kB of zeros", "0" * 9_000),
    Query("topk of infinity", f"topk(Inf, {DATA})"),
    Query("topk of 1e300", f"topk(1e300, {DATA})", hours=24),
    Query("limit_ratio of NaN", f"limit_ratio(NaN, {DATA})"),
    Query("sorted, at each step", f"sort_desc({DATA})", hours=24, step_s=10),
    Query("quantile of quantiles", f"quantile by (series) (0.5, {EVERYTHING})", hours=24, step_s=10),
    Query("absent of everything", f"absent({EVERYTHING})", hours=24, step_s=10),
    Query("buckets that are none", f"histogram_quantile(0.9, {DATA})", hours=24, step_s=10),
]

TEXTS = [
    Query("nothing", "", wanted=ERROR),
    Query("NUL", "up\0", wanted=ERROR),
    Query("NUL in a string", 'up{job="\0"}'),
    Query("a megabyte in a string", '"' + "a" * 1_000_000 + '"'),
    Query("200 kB in a string", '"' + "a" * 200_000 + '"'),
    Query("a label name of 200 kB", 'up{"' + "a" * 200_000 + '"="x"}'),
    Query("a metric name of 200 kB", "a" * 200_000),
    Query("a megabyte of blanks", " " * 1_000_000 + "1"),
    Query("200 kB of blanks", " " * 200_000 + "1", wanted="1"),
    Query("200 kB of comments", "# (\n" * 50_000 + "1", wanted="1"),
    Query("200 kB of backslashes", '"' + "\\" * 200_000 + '"'),
    Query("an escape that is no letter", '"\\ud800"', wanted=ERROR),
    Query("bytes that are no text", 'up{job="\\xff"}'),
    Query("right to left", "\u202eup", wanted=ERROR),
    Query("50,000 emoji", "\U0001f600" * 50_000, wanted=ERROR),
    Query("label_join of 10,000", 'label_join(up, "x", ","' + ', "job"' * 10_000 + ")"),
    Query("10,000 arguments", "abs(" + "1," * 10_000 + "1)", wanted=ERROR),
    Query("a long replacement", 'label_replace(up, "x", "' + "$1" * 50_000 + '", "job", "(.*)")'),
    Query("quantiles of many", 'histogram_quantiles(up, "q"' + ", 0.5" * 10_000 + ")", wanted=ERROR),
]

QUERIES = {"chains": CHAINS, "nesting": NESTING, "regexes": REGEXES, "sizes": SIZES, "texts": TEXTS}

RANGE = "/api/v1/query_range?query=up&start=%s&end=%s&step=%s"
BAD_TARGETS = [
    RANGE % (0, 11_001, 1),
    RANGE % (0, 10**9, 1),
    RANGE % (0, 10**9, "1ms"),
    RANGE % ("-9e15", "9e15", "1e-9"),
    RANGE % (0, 10, 0),
    RANGE % (0, 10, -1),
    RANGE % (0, 10, "NaN"),
    RANGE % (0, 10, "Inf"),
    RANGE % (0, 10, "1e300"),
    RANGE % (0, 10, "9223372036854775807"),
    RANGE % ("NaN", 10, 1),
    RANGE % ("-Inf", "Inf", "1y"),
    RANGE % ("1e300", "1e300", 1),
    RANGE % ("-9223372036854775808", "9223372036854775807", "100y"),
    RANGE % (10, 0, 1),
    RANGE % ("0000-00-00T00:00:00Z", 0, 1),
    RANGE % ("99999-01-01T00:00:00Z", 0, 1),
    "/api/v1/query?query=up&time=NaN",
    "/api/v1/query?query=up&time=1e300",
    "/api/v1/query?query=up&time=" + "9" * 4_000,
    "/api/v1/query?query=up&timeout=0",
    "/api/v1/query?query=up&timeout=-1",
    "/api/v1/query?query=up&timeout=NaN",
    "/api/v1/query?query=up&timeout=1e300",
    "/api/v1/query?query=up&limit=-1",
    "/api/v1/query?query=up&limit=1e3",
    "/api/v1/query?query=up&limit=" + "9" * 4_000,
    "/api/v1/query?query=up&lookback_delta=x",
    "/api/v1/query?query=%ff%fe",
    "/api/v1/query?query=%c0%80",
    "/api/v1/query?query=%ed%a0%80",
    "/api/v1/query?query=%",
    "/api/v1/query?" + "query=up&" * 5_000,
    "/api/v1/query",
    "/api/v1/series",
    "/api/v1/series?match[]=",
    "/api/v1/series?match[]={}",
    "/api/v1/series?match[]=sum(up)",
    "/api/v1/series?match[]=" + "(" * 10_000,
    "/api/v1/series?match[]=" + quote_plus('{a=~"(x{1000}){1000}"}'),
    "/api/v1/series?" + "match[]=up&" * 4_000,
    "/api/v1/series?match[]=up&start=NaN",
    "/api/v1/series?match[]=up&limit=-1",
    "/api/v1/labels?match[]=%ff",
    "/api/v1/labels?start=1e300",
    "/api/v1/labels?limit=x",
    "/api/v1/label/job/values?match[]={",
    "/api/v1/label/job/values?end=99999999999999999999",
    "/federate?match[]=" + "{" * 10_000,
    "/federate?match[]=" + quote_plus('{__name__=~"(x{1000}){1000}"}'),
    "/api/v1/format_query?query=" + "(" * 30_000,
    "/api/v1/format_query?query=" + "-" * 30_000,
    "/api/v1/format_query?query=%ff",
    "/api/v1/parse_query?query=" + "(" * 30_000,
    "/api/v1/parse_query?query=" + "sum(" * 5_000,
    "/api/v1/parse_query?query=%ff",
    "/api/v1/query_exemplars?query=" + "(" * 30_000,
    "/api/v1/query_exemplars?query=up&start=10&end=0",
    "/api/v1/status/tsdb?limit=" + "9" * 5_000,
    "/api/v1/status/tsdb?limit=-1",
    "/api/v1/targets/metadata?match_target=" + "{" * 10_000,
    "/api/v1/targets/metadata?limit=" + "9" * 5_000,
    "/api/v1/metadata?limit=x",
]
"""Addresses that must be refused with an error envelope or plain text, 400 to 499 or 503."""

ODD_TARGETS = [
    RANGE % (-(2**43), 2**43, "1e12"),
    "/api/v1/query?query=up&time=-9007199254740",
    "/api/v1/query?query=up&lookback_delta=290y",
    "/api/v1/query?query=up&lookback_delta=-1",
    "/api/v1/query?query=up&timeout=1ms",
    "/api/v1/query?query=up&stats=" + "x" * 10_000,
    "/api/v1/query?query=" + quote_plus(DATA) + "&limit=1",
    "/api/v1/query?query=up&time=",
    "/api/v1/series?match[]=" + quote_plus(EVERYTHING),
    "/api/v1/labels?match[]=" + quote_plus(EVERYTHING),
    "/api/v1/label/" + "a" * 20_000 + "/values",
    "/api/v1/label/%00/values",
    "/api/v1/label/%ff/values",
    "/api/v1/label/U__" + "_110000_" * 2_000 + "/values",
    "/api/v1/label/U___ffffffffffffffff_/values",
    "/api/v1/label/__name__/values?match[]=" + quote_plus('{series=~"(a+)+$"}'),
    "/federate?match[]=" + quote_plus(EVERYTHING),
    "/federate?match[]={}",
    "/federate",
    "/api/v1/format_query?query=1" + "%2b1" * 10_000,
    "/api/v1/parse_query?query=1" + "%2b1" * 10_000,
    "/api/v1/parse_query?query=" + "(" * 300 + "1" + ")" * 300,
    "/api/v1/status/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/api/v1/status/config",
    "/api/v1/targets?state=%ff",
    "/api/v1/targets?scrapePool=" + "x" * 20_000,
    "/api/v1/rules?type=%00",
    "/../../etc/passwd",
    "/static/..%2f..%2f..%2fetc/passwd",
    "/" + "a/" * 20_000,
    "/%00",
    "/%ff%fe",
    "//////",
    "/d/" + "x" * 20_000,
    "/api/dashboards/uid/..%2f..%2fmeta",
]
"""Addresses of which only no fault is asked."""
