"""Prometheus's templates: what alerting rules write into labels and annotations.

Source: prometheus/prometheus, template/template.go and rules/alerting.go.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import urlsplit

from watchglass.errors import TemplateError
from watchglass.gotemplate.expressions import MISSING_KEY_ZERO
from watchglass.gotemplate.html.safe import Html
from watchglass.gotemplate.humanize import (
    humanize,
    humanize_1024,
    humanize_duration,
    humanize_percentage,
    humanize_timestamp,
    to_duration,
    to_time,
)
from watchglass.gotemplate.limits import Limits
from watchglass.gotemplate.template import COMMON_FUNCTIONS, TemplateSet
from watchglass.gotemplate.texts import matches, query_escape, replace_all, title, to_lower, to_upper
from watchglass.gotemplate.values import ANY, STRING, Function, Kind, StringMap, Type, Value, go_bytes
from watchglass.model.duration import parse_duration
from watchglass.model.labels import Labels
from watchglass.rules.links import graph_link, table_link

Query = Callable[[str, int], Sequence[tuple[Labels, Value]]]
"""Evaluates an expression at a time in milliseconds: the vector's labels and values. It raises QueryError."""

_PRELUDE = (
    "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"
)


@dataclass(frozen=True, slots=True)
class _Data:
    """What a rule's template sees as `.`."""

    labels: StringMap
    external_labels: StringMap
    external_url: str
    value: Value

    go_type: ClassVar[str] = (
        "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }"
    )
    go_fields: ClassVar[Mapping[str, Callable[[Any], Value]]] = {
        "Labels": lambda data: data.labels,
        "ExternalLabels": lambda data: data.external_labels,
        "ExternalURL": lambda data: data.external_url,
        "Value": lambda data: data.value,
    }


@dataclass(frozen=True, slots=True)
class _Sample:
    """One sample of a query's answer."""

    labels: StringMap
    value: Value

    go_type: ClassVar[str] = "*template.sample"
    go_pointer: ClassVar[bool] = True
    go_fields: ClassVar[Mapping[str, Callable[[Any], Value]]] = {
        "Labels": lambda sample: sample.labels,
        "Value": lambda sample: sample.value,
    }


class _QueryResult(list[_Sample]):
    """A query's answer."""

    go_type: ClassVar[str] = "template.queryResult"
    go_underlying: ClassVar[str] = "[]*template.sample"


_SAMPLE = Type("*template.sample", Kind.STRUCT, lambda: None)
_RESULT = Type("template.queryResult", Kind.SLICE, _QueryResult)


_NO_LABELS, _LIMITS = Labels(), Limits()


@dataclass(frozen=True, slots=True)
class Environment:
    """What all templates of a server share.

    Attributes:
        query: evaluates what a template asks for.
        external_labels: `$externalLabels`.
        external_url: `$externalURL`, where users reach the server.
        limits: of each expansion.
    """

    query: Query
    external_labels: Labels = _NO_LABELS
    external_url: str = ""
    limits: Limits = _LIMITS


def expand(text: str, *, name: str, labels: Labels, value: Value, now_ms: int, environment: Environment) -> str:
    """What a rule's template says of one sample; where it cannot be expanded, Prometheus's text that says why.

    Args:
        text: the label's or annotation's template.
        name: the rule's; errors name it.
        labels: of the sample, before the rule adds its own.
        value: the sample's.
        now_ms: the time of the evaluation.
        environment: what the server adds.
    """
    try:
        return render(text, name=name, labels=labels, value=value, now_ms=now_ms, environment=environment)
    except TemplateError as error:
        return f"<error expanding template: {error}>"


def render(text: str, *, name: str, labels: Labels, value: Value, now_ms: int, environment: Environment) -> str:
    """As `expand`.

    Raises:
        TemplateError: the template cannot be parsed or expanded.
    """
    if "{{" not in text:
        return text
    full_name = f"__alert_{name}"
    try:
        template = _parsed(full_name, text, environment.limits)
    except TemplateError as error:
        raise TemplateError(f"error parsing template {full_name}: {error}") from None
    data = _Data(StringMap(labels), StringMap(environment.external_labels), environment.external_url, value)
    functions = _functions_at(now_ms, environment)
    try:
        return template.with_functions(functions).render(full_name, data)
    except TemplateError as error:
        raise TemplateError(f"error executing template {full_name}: {error}") from None


def check(text: str, *, name: str) -> None:
    """See that a template parses.

    Raises:
        TemplateError: it does not; the text is Prometheus's.
    """
    _parsed(f"__alert_{name}", text, _LIMITS)


@lru_cache(maxsize=4096)
def _parsed(name: str, text: str, limits: Limits) -> TemplateSet:
    return TemplateSet(_FUNCTIONS, limits=limits, missing_key=MISSING_KEY_ZERO).with_text(name, _PRELUDE + text)


def _first(result: _QueryResult) -> _Sample:
    if not result:
        raise ValueError("first() called on vector with no elements")
    return result[0]


def _nil_sample(sample: _Sample | None) -> _Sample:
    if sample is None:
        raise ValueError("runtime error: invalid memory address or nil pointer dereference")
    return sample


def _arguments(*values: Value) -> dict[str, Value]:
    return {f"arg{place}": value for place, value in enumerate(values)}


def _by_label(label: str, result: _QueryResult) -> _QueryResult:
    result.sort(key=lambda sample: go_bytes(sample.labels.get(label, "")))
    return result


def _split_host_port(address: str) -> tuple[str, str] | None:
    """Host and port as Go's net.SplitHostPort: `[::1]:80`, `host:80`; None where there is no port."""
    host, colon, port = address.rpartition(":")
    if not colon:
        return None
    if host.startswith("["):
        closed = host.endswith("]") and "[" not in host[1:] and "]" not in host[1:-1]
        return (host[1:-1], port) if closed else None
    if ":" in host or any(bracket in address for bracket in "[]"):
        return None
    return host, port


def _strip_port(address: str) -> str:
    split = _split_host_port(address)
    return split[0] if split else address


def _strip_domain(address: str) -> str:
    split = _split_host_port(address)
    host, port = split or (address, "")
    if _is_ip(host):
        return address
    host = host.split(".")[0]
    if not port:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host


def _seconds(text: str) -> float:
    negative = text.startswith("-")
    milliseconds = parse_duration(text[1:] if negative else text)
    return -milliseconds / 1000 if negative else milliseconds / 1000


def _unset(*_given: Value) -> Value:
    raise ValueError("not available here")


_FUNCTIONS: Mapping[str, Function] = {
    "query": Function(_unset, (STRING,)),
    "first": Function(_first, (_RESULT,)),
    "label": Function(lambda label, sample: _nil_sample(sample).labels.get(label, ""), (STRING, _SAMPLE)),
    "value": Function(lambda sample: _nil_sample(sample).value, (_SAMPLE,)),
    "strvalue": Function(lambda sample: _nil_sample(sample).labels.get("__value__", ""), (_SAMPLE,)),
    "args": Function(_arguments, (ANY,), variadic=True),
    "reReplaceAll": Function(replace_all, (STRING, STRING, STRING), counted=True),
    "safeHtml": Function(Html, (STRING,)),
    "match": Function(matches, (STRING, STRING)),
    "title": Function(lambda text: title(text, lower=False), (STRING,)),
    "toUpper": Function(to_upper, (STRING,)),
    "toLower": Function(to_lower, (STRING,)),
    "graphLink": Function(graph_link, (STRING,)),
    "tableLink": Function(table_link, (STRING,)),
    "sortByLabel": Function(_by_label, (STRING, _RESULT)),
    "stripPort": Function(_strip_port, (STRING,)),
    "stripDomain": Function(_strip_domain, (STRING,)),
    "humanize": Function(humanize, (ANY,)),
    "humanize1024": Function(humanize_1024, (ANY,)),
    "humanizeDuration": Function(humanize_duration, (ANY,)),
    "humanizePercentage": Function(humanize_percentage, (ANY,)),
    "humanizeTimestamp": Function(humanize_timestamp, (ANY,)),
    "toTime": Function(to_time, (ANY,)),
    "toDuration": Function(to_duration, (ANY,)),
    "now": Function(_unset),
    "pathPrefix": Function(_unset),
    "externalURL": Function(_unset),
    "parseDuration": Function(_seconds, (STRING,)),
    "urlQueryEscape": Function(query_escape, (STRING,)),
}
"""By name; those that depend on the time or the server are put in their place for each expansion."""

FUNCTION_NAMES = tuple(_FUNCTIONS)
"""What templates of rules can call, besides what Go's can."""

KNOWN_WORDS = (*COMMON_FUNCTIONS, *FUNCTION_NAMES, *re.findall(r"\$\w+", _PRELUDE))
"""All functions, and the variables with their `$`."""


def _functions_at(now_ms: int, environment: Environment) -> Mapping[str, Function]:
    def query(expression: str) -> _QueryResult:
        answer = environment.query(expression, now_ms)
        return _QueryResult(_Sample(StringMap(labels), value) for labels, value in answer)

    return {
        "query": Function(query, (STRING,)),
        "now": Function(lambda: now_ms / 1000),
        "pathPrefix": Function(lambda: urlsplit(environment.external_url).path),
        "externalURL": Function(lambda: environment.external_url),
    }
