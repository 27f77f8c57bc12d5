"""Generated expositions, read by us and by prometheus_client's parsers."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from wire_support import Target

from watchglass.errors import ExpositionError
from watchglass.model.labels import Labels
from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample
from watchglass.wire.content_type import Format
from watchglass.wire.format_text import format_families
from watchglass.wire.number import canonical_float

NAMES = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,8}", fullmatch=True).map(lambda name: "m_" + name)
LABEL_NAMES = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,5}", fullmatch=True).filter(
    lambda name: name not in {"le", "quantile"}
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=12)
VALUES = st.floats() | st.integers(-(2**53), 2**53).map(float)
LABELS = st.dictionaries(LABEL_NAMES, TEXTS, max_size=4).map(lambda labels: tuple(sorted(labels.items())))
TIMES = st.none() | st.integers(0, 4_102_444_800_000)


@st.composite
def families(draw, label_names=LABELS):
    """Families of one kind each, with distinct names and series."""
    result = []
    for name in draw(st.lists(NAMES, max_size=4, unique_by=lambda name: name.lower())):
        kind = draw(st.sampled_from([MetricType.GAUGE, MetricType.COUNTER, MetricType.UNKNOWN]))
        family = Family(name + "_total" if kind is MetricType.COUNTER else name, kind, draw(TEXTS).strip())
        for labels in draw(st.lists(label_names, max_size=4, unique=True)):
            value = draw(VALUES)
            if kind is MetricType.COUNTER:
                value = abs(value) if math.isfinite(value) else 0.0
            family.samples.append(Sample(family.name, labels, value, draw(TIMES)))
        result.append(family)
    return result


def ours(body: bytes, body_format: Format) -> list:
    target = Target(body_format)
    return sorted((series, repr(value), at) for series, value, at in target.samples(body))


def theirs(body: bytes, parse, milliseconds) -> list:
    samples = [sample for family in parse(body.decode()) for sample in family.samples]
    return sorted(
        (
            str(Labels.of(sample.labels, __name__=sample.name)),
            repr(float(sample.value)),
            None if sample.timestamp is None else milliseconds(sample.timestamp),
        )
        for sample in samples
    )


def written(given_families) -> list:
    return sorted(
        (str(Labels.of(sample.labels, __name__=sample.name)), repr(sample.value), sample.timestamp_ms)
        for family in given_families
        for sample in family.samples
    )


@given(families())
def test_text_is_read_as_prometheus_client_reads_it(given_families):
    body = format_families(given_families)
    assert (
        ours(body, Format.TEXT)
        == theirs(body, parse_text, lambda at: round(float(at) * 1000))
        == written(given_families)
    )


@given(families())
def test_openmetrics_is_read_as_prometheus_client_reads_it(given_families):
    body = format_families(given_families, Format.OPENMETRICS)
    expected = theirs(body, parse_openmetrics, lambda at: round(float(at) * 1000))
    assert expected == written(given_families)
    assert [row[:2] for row in ours(body, Format.OPENMETRICS)] == [row[:2] for row in expected]
    for (_, _, at), (_, _, exact) in zip(ours(body, Format.OPENMETRICS), expected, strict=True):
        assert at == exact or (
            at is not None and exact - 1 == at
        )  # Prometheus cuts off where the float is a hair short


@given(
    families(
        st.dictionaries(TEXTS.filter(lambda name: name != "__name__"), TEXTS, max_size=3).map(
            lambda labels: tuple(sorted(labels.items()))
        )
    ),
    TEXTS,
)
def test_any_utf8_name_survives_writing_and_reading(given_families, name):
    if given_families and given_families[0].samples:
        sample = given_families[0].samples[0]
        given_families[0].samples[0] = sample._replace(name=name + given_families[0].name)
    for family in given_families:
        for i, sample in enumerate(family.samples):
            labels = tuple((k, canonical_float(v) if k in ("le", "quantile") else v) for k, v in sample.labels)
            family.samples[i] = sample._replace(labels=labels)
    assert ours(format_families(given_families), Format.TEXT) == written(given_families)


@given(
    st.lists(st.sampled_from([*b'ab{}=,"\\# \t\n01.e_+-', *"ü".encode(), 0, 255]), max_size=40).map(bytes),
    st.sampled_from(Format),
)
def test_garbage_is_read_or_refused_but_never_breaks_the_parser(body, body_format):
    target = Target(body_format)
    outcomes = []
    for _ in range(2):
        try:
            outcomes.append(repr(target.samples(body)))
        except ExpositionError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]
