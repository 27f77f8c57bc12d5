"""`watchglass query EXPR`: asks a running server, ours or any that speaks the Prometheus API, and prints a table."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from watchglass.cli.client import ClientError, post_form
from watchglass.cli.invocation import folder_served_at, own_url, read_settings, told_url

Row = Sequence[str]

_DIGITS = 12


def run(options: argparse.Namespace) -> int:
    """Ask once, now or at `--time`."""
    parameters = {"query": options.expression}
    if options.time:
        parameters["time"] = options.time
    data = post_form(options.url or told_url(_url(options)), "/api/v1/query", parameters)
    if options.json:
        sys.stdout.write(json.dumps(data, indent=2) + "\n")
        return 0
    for line in format_answer(data["resultType"], data["result"]):
        sys.stdout.write(line + "\n")
    return 0


def _url(options: argparse.Namespace) -> str:
    """Where the server of the settings answers; where a data folder was named, one that runs on another is not it."""
    settings = read_settings(options)
    url = own_url(settings)
    folder = folder_served_at(url) if "data" in settings.origins else ""
    if folder and Path(folder).absolute() != Path(settings.data).absolute():
        raise ClientError(
            f"the Watchglass at {url} runs on {folder}, not on {Path(settings.data).absolute()}; say with --url where that one answers"
        )
    return url


def format_answer(kind: str, result: Any) -> Iterator[str]:
    """The lines to print for a result: a table of an instant vector, samples below their series for a matrix."""
    match kind:
        case "vector" if result:
            yield from format_table(_vector_rows(result))
        case "matrix" if result:
            for series in result:
                yield series_text(series["metric"])
                yield from (f"  {_value(sample)} @ {_time(sample[0])}" for sample in _samples(series))
        case "scalar":
            yield _value(result)
        case "string":
            yield str(result[1])
        case _:
            yield "no data"


def _vector_rows(result: Sequence[Any]) -> Iterator[Row]:
    """A column for each label name in use, the metric's name first, the value last."""
    names = sorted(
        {name for series in result for name in series["metric"]}, key=lambda name: (name != "__name__", name)
    )
    yield [*("name" if name == "__name__" else name for name in names), "value"]
    for series in result:
        sample = series.get("value") or series["histogram"]
        yield [*(series["metric"].get(name, "") for name in names), _value(sample)]


def _samples(series: Any) -> Sequence[Any]:
    return [*series.get("values", ()), *series.get("histograms", ())]


def _value(sample: Any) -> str:
    value = sample[1]
    if isinstance(value, str):
        return short_number(value)
    return f"count {short_number(value['count'])}, sum {short_number(value['sum'])}"


def short_number(text: str) -> str:
    """A value in 12 significant digits, which hides the rounding of binary fractions; whole numbers stay whole."""
    whole, point, _ = text.partition(".")
    if not point:
        return text
    short = f"{float(text):.{max(_DIGITS, len(whole.lstrip('-')))}g}"
    return short if len(short) < len(text) else text


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def format_table(rows: Iterator[Row]) -> Iterator[str]:
    """Rows as lines, the first one a heading; columns aligned, the last one to the right."""
    table = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    for index, row in enumerate(table):
        cells = [cell.upper() for cell in row] if index == 0 else row
        left = [cell.ljust(width) for cell, width in zip(cells[:-1], widths, strict=False)]
        yield "  ".join([*left, cells[-1].rjust(widths[-1])]).rstrip()


def series_text(metric: dict[str, str]) -> str:
    """A series as PromQL writes it."""
    labels = ", ".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}"
        for name, value in sorted(metric.items())
        if name != "__name__"
    )
    return f"{metric.get('__name__', '')}{{{labels}}}"
