"""Random PromQL over the series of tests/fuzz/random_data.py: all of the language that Prometheus 2.42 shares with 3.x.

`holt_winters` is written by its new name, `double_exponential_smoothing`; who asks 2.42 gives it the old one. Left out:
functions and forms that 2.42 lacks. What 2.42 and 3.x are known to judge differently is written seldom, so that it does
not hide what stands around it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

GAUGES = ["depth", "temperature", "level", "build_info", "short_lived"]
COUNTERS = ["requests_total", "requests_total", "errors_total", "latency_seconds_count"]
RARE = ["extreme", "moment", "latency_seconds_bucket", "latency_seconds_sum", "no_such_metric", "odd_bucket"]
LABELS = ["job", "instance", "status", "version", "le", "room", "nope", "__name__"]
MATCHERS = [
    'job="api"', 'job!="api"', 'job=""', 'job!=""', "job='web'", 'instance="i0"', 'instance=~"i[01]"', 'instance!~"i[12]"',
    'instance=~"i0|i3"', 'instance=~".+"', 'instance=~".*"', 'status!="200"', 'status=~"4..|500"', 'status=""', 'room=~"r.*"',
    'room!~"r1|"', 'version="1"', 'nope=""', 'nope!="x"', 'le="+Inf"', 'le!=""', 'le=~"[0-9.]+"', "instance=~`i[0-9]`",
    'instance=~"I[01]"', 'instance=~"(?i:I)[01]"', 'instance=~"i(?:1|2)"', 'job=~""', 'job!~""', 'job=~"a?p?i|we[^x]"',
]  # fmt: skip
WIDTHS = ["1m", "5m", "47s", "13m", "15s", "1h", "30s", "2m30s", "1ms", "1500ms", "10m", "600s"]
NUMBERS = [
    "0", "1", "2", "3", "-1", "0.5", "1e3", "1E-3", ".5", "5.", "0x1F", "0x0", "Inf", "-Inf", "+Inf", "inf", "NaN", "nan",
    "1e300", "1e-300", "100", "0.1", "-0.25", "12345678", "1e+2", "017", "-0", "+3", "0X1f", "3.14159",
]  # fmt: skip
PLAIN_NUMBERS = ["0", "1", "2", "3", "0.5", "1e3", "100", "0.1", "-1", "-0.25", "7", "12345678", "0x1F"]
RATES = ["rate", "increase", "delta", "irate", "idelta"]
OVER_TIME = [
    f"{name}_over_time" for name in ("sum", "avg", "min", "max", "last", "stddev", "stdvar", "present", "count")
]
ROLLUPS = [*RATES, *RATES, *OVER_TIME, "deriv", "resets", "changes"]
AGGREGATORS = ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"]
SIMPLE = [
    "abs",
    "ceil",
    "floor",
    "round",
    "sgn",
    "sqrt",
    "exp",
    "ln",
    "log2",
    "log10",
    "sort",
    "sort_desc",
    "timestamp",
]
TRIGONOMETRY = [
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "deg", "rad",
]  # fmt: skip
DATES = ["minute", "hour", "month", "year", "day_of_month", "day_of_week", "day_of_year", "days_in_month"]
ARITHMETIC = ["+", "-", "*", "/", "%", "^"]
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
SETS = ["and", "or", "unless"]

WRONG = [  # templates that no 2.42 or 3.x accepts, or that fail while they run
    "nope(%s)", "rate(%s)", "sum_over_time(%s)", "abs(%s, 1)", "abs()", "abs(1)", "abs('x')", "%s and 1", "1 or %s", "%s + bool 1",
    "1 == 2", "%s + 'x'", "(%s", "%s)", "%s[5m]", "%s offset", "%s offset 5", "depth[5m] + 1", "sum(depth[5m])", "sum by (%s)",
    "topk(%s)", "topk('a', %s)", "quantile('a', %s)", "count_values(1, %s)", "count_values('a b', %s)", "count_values('', %s)",
    "{}", '{job=""}', '{job=~".*"}', 'depth{job=~"("}', "depth{job=}", "depth{job=5}", "depth{job='x'", "depth[5m", "depth[]",
    "depth[5x]", "depth[-5m]", "depth[0s]", "depth[5m:0s]", "depth @ foo", "depth @ start", "(%s) @ 5", "(%s) offset 5m",
    "%s + on (job", "%s + on (job) group_left group_right depth", "%s and group_left depth", "depth and on (job) group_left () %s",
    "label_replace(%s, 'job', '$1', 'instance', '(')", "label_replace(%s, 'a b', '$1', 'instance', '(.*)')",
    "label_join(%s, 'a b', '-', 'job')", "label_join(%s, 'x', '-', 'a b')", "label_replace(%s, 'x')", "time(%s)", "scalar(1)",
    "vector(%s)", "histogram_quantile(%s, 1)", "5m5m5", "1..2", "0x", "1e", "'abc", '"\\q"', "# only", "", " ", "%s %s", "-'a'",
    "!%s", "%s =~ 1", "sum(%s) by", "by (job) sum(%s)", "sum without job (%s)", "predict_linear(depth, 5)", "absent_over_time(%s)",
    "topk(NaN, depth)", "topk(Inf, depth)", "topk(1e30, depth)", "bottomk(-Inf, depth)",
    "double_exponential_smoothing(depth[10m], 2, 0.5)", "double_exponential_smoothing(depth[10m], 0.5, 0)",
    "depth + requests_total * 0 + on () build_info", "depth * on (job) requests_total", "depth * on () group_left depth",
    "label_replace(%s, 'instance', 'x', '', '')", "label_join(depth, 'instance', '-')", "-{job='api'}",
    "abs({instance='i0'})", "rate({__name__=~'depth|temperature'}[10m])", "%s or on (job) or depth", "depth{__name__='level'}",
    "sum(sum(%s)", "max_over_time(depth)", "minute('x')", "month(1)", "clamp(%s, 1)", "round(%s, 'a')", "stddev(1, %s)",
    "%s offset 5m offset 6m", "depth @ 5 @ 6", "rate(depth[5m] @ end() @ start())", "depth{job=~'a{1001}'}",
]  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """What a query may speak of: when the data begins and ends, in milliseconds."""

    start_ms: int
    end_ms: int


class Writer:
    """Writes one query after another."""

    def __init__(self, seed: int, scene: Scene) -> None:
        self._pick = random.Random(seed)
        self._scene = scene

    def query(self) -> str:
        """One query; about one in ten is wrong."""
        chance = self._pick.random()
        if chance < 0.07:
            return self._wrong()
        if chance < 0.1:
            return self._damaged(self._vector(2))
        if chance < 0.14:
            return self._scalar(self._pick.randint(0, 3))
        if chance < 0.15:
            return self._one("'text'", '"a\\nb\\x41\\u00e9"', "`raw\\n`", "depth[5m]", "rate(depth[5m])[10m:1m]")
        return self._top(self._pick.choice([1, 1, 2, 2, 2, 3, 3, 4, 5]))

    # --- wrong ones -------------------------------------------------------------------------------------------------

    def _wrong(self) -> str:
        template = self._one(*WRONG)
        return template.replace("%s", self._vector(self._pick.randint(0, 1)))

    def _damaged(self, text: str) -> str:
        """A query that lost a character, or has two exchanged."""
        place = self._pick.randrange(len(text))
        if self._chance(0.5):
            return text[:place] + text[place + 1 :]
        return text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]

    # --- leaves -----------------------------------------------------------------------------------------------------

    def _one(self, *texts: str) -> str:
        return self._pick.choice(texts)

    def _chance(self, share: float) -> bool:
        return self._pick.random() < share

    def _metric(self) -> str:
        return self._one(*self._pick.choices([GAUGES, COUNTERS, RARE], [5, 3, 1])[0])

    def _braces(self) -> str:
        count = self._pick.choices([0, 1, 2, 3], [14, 4, 1, 0.3])[0]
        if not count:
            return "" if self._chance(0.95) else "{}"
        return "{" + ",".join(self._pick.choice(MATCHERS) for _ in range(count)) + self._one("", "", "", ",") + "}"

    def _selector(self, metric: str | None = None) -> str:
        if metric is None and self._chance(0.04):
            return self._one(
                '{__name__="depth"}', '{__name__=~"depth|level"}', '{__name__=~".*_total",job!=""}', '{__name__!="x",job="api"}',
                '{__name__=~"requests_total|errors_total",instance="i1"}', '{instance="i2",job="web"}',
            )  # fmt: skip
        return (metric or self._metric()) + self._braces()

    def _modifiers(self, share: float = 0.3) -> str:
        if not self._chance(share):
            return ""
        offset = self._one(
            "offset 3m", "offset -90s", "offset 1h", "offset 1ms", "offset 15s", "offset -13m", "offset 2m3s"
        )
        moment = self._pick.randint(self._scene.start_ms - 300_000, self._scene.end_ms + 300_000) / 1000
        written = self._one(f"{moment:.3f}", f"{moment:.0f}", f"{moment:.1f}", f"{moment / 1000:.6f}e3")
        fixed = self._one("@ start()", "@ end()", "@ end ( )", f"@ {written}", f"@ {written}")
        return " " + self._one(offset, offset, fixed, f"{fixed} {offset}", f"{offset} {fixed}")

    def _number(self) -> str:
        return self._one(*PLAIN_NUMBERS) if self._chance(0.75) else self._one(*NUMBERS)

    def _grouping(self) -> str:
        labels = ", ".join(self._pick.choice(LABELS[:-1]) for _ in range(self._pick.randint(0, 3)))
        if self._chance(0.03):
            labels = "__name__"
        return self._one("", "", f" by ({labels})", f" by ({labels})", f" without ({labels})", f" without({labels})")

    def _matrix(self, depth: int, metric: str | None = None) -> str:
        if depth > 0 and self._chance(0.25):
            step = self._one("", "30s", "1m", "17s", "2m", "61s", "1500ms", "10s")
            width = self._one("1m", "5m", "47s", "13m", "15s", "30s", "10m") if step == "1500ms" else self._one(*WIDTHS)
            inner = self._vector(depth - 1) if self._chance(0.9) else self._scalar(depth - 1)
            inner = self._one("time()", "1", inner, inner) if self._chance(0.05) else inner
            return f"({inner})[{width}:{step}]{self._modifiers()}"
        return f"{self._selector(metric)}[{self._one(*WIDTHS)}]{self._modifiers()}"

    # --- scalars ----------------------------------------------------------------------------------------------------

    def _scalar(self, depth: int) -> str:
        if depth <= 0:
            return self._one(self._number(), self._number(), "time()", "pi()", f"scalar({self._selector()})")
        a, b = self._scalar(depth - 1), self._scalar(depth - 1)
        form = self._pick.random()
        if form < 0.4:
            return f"({a} {self._one('+', '-', '*', '/', '%')} {b})"
        if form < 0.5:
            return f"({a} {self._one(*COMPARISONS)} bool {b})"
        if form < 0.6:
            return self._one(f"-({a})", f"+({a})", f"({a})", f"({a}) ^ 2", f"({a} atan2 {b})")
        return f"scalar({self._vector(depth - 1)})"

    # --- vectors ----------------------------------------------------------------------------------------------------

    def _top(self, depth: int) -> str:
        """What stands only outermost, where the order of an answer counts, or anything."""
        form = self._pick.random()
        if form < 0.05:
            return f"{self._one('sort', 'sort_desc')}({self._vector(depth - 1)})"
        if form < 0.1:
            return f"{self._one('topk', 'bottomk')}({self._one('1', '2', '3', '5', '100', '0', '-1')}, {self._vector(depth - 1)})"
        return self._vector(depth)

    def _vector(self, depth: int) -> str:
        if depth <= 0:
            leaf = self._selector() + self._modifiers()
            return (
                leaf if self._chance(0.97) else self._one(f"vector({self._scalar(0)})", f"({leaf})", "vector(time())")
            )
        forms = {
            self._rollup: 8, self._with_argument: 3, self._aggregation: 8, self._chosen: 2, self._with_scalar: 6, self._matched: 6,
            self._set: 4, self._function: 6, self._relabelled: 3, self._histogram: 2, self._absence: 2, self._date: 1.5, self._sign: 1,
            self._trigonometry: 1.5, self._counted: 1,
        }  # fmt: skip
        return self._pick.choices(list(forms), list(forms.values()))[0](depth - 1)

    def _rollup(self, depth: int) -> str:
        name = self._one(*ROLLUPS)
        counter = self._one(*COUNTERS, "latency_seconds_bucket") if name in RATES and self._chance(0.5) else None
        return f"{name}({self._matrix(depth, counter)})"

    def _with_argument(self, depth: int) -> str:
        quantile = self._one("0", "0.3", "1", "0.99", "0.5", "-0.1", "1.5", "NaN", "scalar(depth)")
        duration = self._one("0", "600", "-300", "3600", "1e3", "time() % 100")
        return self._one(
            f"quantile_over_time({quantile}, {self._matrix(depth)})",
            f"predict_linear({self._matrix(depth)}, {duration})",
            f"double_exponential_smoothing({self._matrix(depth)}, {self._one('0.3', '0.5', '0.99', 'NaN')}, {self._one('0.1', '0.7')})",
        )

    def _aggregation(self, depth: int) -> str:
        if self._chance(0.12):
            quantile = self._one("0.9", "0", "1", "0.5", "0.25", "-1", "1.1", "NaN", f"scalar({self._selector()})")
            return f"quantile{self._grouping()} ({quantile}, {self._vector(depth)})"
        op, grouping, inner = self._one(*AGGREGATORS), self._grouping(), self._vector(depth)
        return f"{op}{grouping} ({inner})" if self._chance(0.7) else f"{op}({inner}){grouping}"

    def _chosen(self, depth: int) -> str:
        count = self._one("1", "2", "3", "10", "0", "-2", "1.9", "scalar(level{instance='i1'})")
        return f"{self._one('topk', 'bottomk')}{self._grouping()} ({count}, {self._vector(depth)})"

    def _counted(self, depth: int) -> str:
        """Values become labels: only of values that every order of operations gives alike."""
        label = self._one("value", "job", "le", "x_1")
        inner = self._one(
            self._selector(), f"round({self._selector('temperature')})", f"floor({self._selector('depth')} / 10)",
            f"{self._selector('level')} > bool 2", f"count by (job, instance) ({self._vector(depth)})",
            f"changes({self._selector('level')}[5m])",
        )  # fmt: skip
        return f'count_values{self._grouping()} ("{label}", {inner})'

    def _with_scalar(self, depth: int) -> str:
        vector, scalar = f"({self._vector(depth)})", self._scalar(self._pick.randint(0, 1))
        op = self._one(*ARITHMETIC, *COMPARISONS, *(f"{each} bool" for each in COMPARISONS))
        if op == "^":
            scalar = self._one("2", "0.5", "-1", "3", "0", "Inf", "NaN")
        if self._chance(0.03):
            op, vector = "atan2", f"(0 + {vector})"
        return f"{vector} {op} {scalar}" if self._chance(0.6) else f"{scalar} {op} {vector}"

    def _matched(self, depth: int) -> str:
        op = self._one(*ARITHMETIC[:5], *COMPARISONS[:4], "< bool", "== bool", "^")
        left, right = self._vector(depth), self._vector(self._pick.randint(0, depth))
        if self._chance(0.5):  # the same leaf on both sides, so that something matches
            metrics = [self._selector() for _ in range(2)]
            left, right = (
                self._one("%s", "%s", "rate(%s[5m])", "abs(%s)", "max_over_time(%s[3m])") % one for one in metrics
            )
        if self._chance(0.04):
            op, left, right = "atan2", f"0 + ({left})", f"0 + ({right})"
        return f"({left}) {op}{self._matching(sets=False)} ({right})"

    def _matching(self, *, sets: bool) -> str:
        labels = ", ".join(self._pick.sample(LABELS[:-1], self._pick.randint(0, 3)))
        matching = self._one(
            "",
            f" on ({labels})",
            " on (instance)",
            " on (job, instance)",
            f" ignoring ({labels})",
            " ignoring (status)",
        )
        if matching and not sets and self._chance(0.5):
            extra = self._pick.sample(
                [label for label in LABELS[2:-1] if label not in matching], self._pick.randint(0, 2)
            )
            matching += self._one(" group_left", " group_right") + self._one("", f" ({', '.join(extra)})")
        return matching

    def _set(self, depth: int) -> str:
        left, right = self._vector(depth), self._vector(self._pick.randint(0, depth))
        return f"({left}) {self._one(*SETS)}{self._matching(sets=True)} ({right})"

    def _function(self, depth: int) -> str:
        inner, chance = self._vector(depth), self._pick.random()
        if chance < 0.65:
            return f"{self._one(*SIMPLE)}({inner})"
        low, high = self._scalar(0), self._scalar(0)
        return self._one(
            f"clamp({inner}, {low}, {high})", f"clamp({inner}, -5, 20)", f"clamp_min({inner}, {low})", f"clamp_max({inner}, {high})",
            f"round({inner}, {self._one('0.1', '5', '0.25', '10', '3', '0', '-2')})",
        )  # fmt: skip

    def _trigonometry(self, depth: int) -> str:
        inner = self._vector(depth)
        inner = self._one(inner, f"({inner}) / 100", f"clamp({inner}, -1, 1)")
        return f"{self._one(*TRIGONOMETRY)}({inner})"

    def _date(self, depth: int) -> str:
        """Of numbers that are a time: Go leaves open what NaN and too great ones are as an integer."""
        inner = self._one(self._selector("moment"), self._vector(depth), f"timestamp({self._selector()})")
        return self._one(f"{self._one(*DATES)}()", *[f"{self._one(*DATES)}(({inner}) > -1e10 < 1e11)"] * 5)

    def _relabelled(self, depth: int) -> str:
        inner = self._vector(depth)
        target = self._one("job", "instance", "host", "status", "__name__") if self._chance(0.9) else "le"
        replacement = self._one("$1", "h-$1", "${1}x", "$1x", "", "$$", "$2-$1", "${name}", "fix")
        pattern = self._one("i(.)", "(.*)", "(a)(.*)", "(?P<name>.+)", "", "nothing", "i[0-2]", ".*")
        sources = ", ".join(f'"{label}"' for label in self._pick.sample(LABELS[:-1], self._pick.randint(0, 3)))
        separator = self._one("-", "/", "", ", ")
        return self._one(
            f'label_replace({inner}, "{target}", "{replacement}", "{self._one("instance", "job", "nope")}", "{pattern}")',
            f'label_replace({inner}, "host", "{replacement}", "instance", "{pattern}")',
            f'label_join({inner}, "{target}", "{separator}"{", " if sources else ""}{sources})',
        )

    def _histogram(self, depth: int) -> str:
        quantile = self._one(
            "0.9", "0.5", "0.99", "0", "1", "-1", "2", "NaN", "0.25", f"scalar({self._selector('level')})"
        )
        buckets = self._one("latency_seconds_bucket", "latency_seconds_bucket", "latency_seconds_bucket", "odd_bucket")
        selector = self._selector(buckets) if self._chance(0.3) else buckets
        inner = self._one(
            selector, f"rate({selector}[{self._one('5m', '2m', '10m')}])", f"sum by (le) (rate({selector}[5m]))",
            f"sum by (le, job) (increase({selector}[10m]))", f"sum without (instance) ({selector})", self._vector(depth),
        )  # fmt: skip
        return f"histogram_quantile({quantile}, {inner})"

    def _absence(self, depth: int) -> str:
        metric = self._one("no_such_metric", "short_lived", "depth")
        return self._one(
            f"absent({self._selector(metric)}{self._modifiers()})", f"absent({self._vector(depth)})",
            f"absent_over_time({self._selector(metric)}[{self._one('1m', '5m', '15s')}]{self._modifiers()})",
            f"absent_over_time({self._matrix(depth)})",
        )  # fmt: skip

    def _sign(self, depth: int) -> str:
        inner = self._vector(depth)
        return self._one(f"-({inner})", f"+({inner})", f"-({inner}) ^ 2", f"2 ^ -({inner})", f"- -({inner})")
