"""One scrape after another: values, the cache, and every malformed form."""

from __future__ import annotations

import ast
import random
import re
import tracemalloc
from pathlib import Path

import pytest
from wire_support import Target

from watchglass.errors import ExpositionError
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType
from watchglass.wire.content_type import Format
from watchglass.wire.exposition import DROPPED, UNRESOLVED

OM = Format.OPENMETRICS


def malformed():
    blocks = (Path(__file__).parent / "malformed.txt").read_text().split("\n\n")[1:]
    for block in blocks:
        case, error = block.strip().split("\n")
        body_format, _, body = case.partition(" | ")
        yield pytest.param(Format[body_format.upper()], ast.literal_eval(body), error, id=case)


@pytest.mark.parametrize(("body_format", "body", "error"), list(malformed()))
def test_malformed_bodies_are_refused_with_their_line(body_format, body, error):
    target = Target(body_format)
    with pytest.raises(ExpositionError) as caught:
        target.scrape(body)
    assert str(caught.value) == error
    assert error.startswith(f"line {caught.value.line}: ") or not caught.value.line

    good = b"up 1\n# EOF\n"
    target.scrape(good)
    with pytest.raises(ExpositionError, match=re.escape(error)):
        target.scrape(body)
    assert target.scrape(good).relaid is False, "a bad body must leave the last good one remembered"


def test_text_samples():
    body = b"""\
# HELP go_gc A summary.
# \tTYPE go_gc summary
go_gc{quantile="0"} 4.9351e-05
go_gc{quantile="0.25",} 7.4e-05
go_gc{ quantile = "1" , a= "b" } 8.3835e-05
go_gc { quantile="0.9" a="b" } 1
# TYPE req histogram
req_bucket{handler="/",le="1"} 423
req_bucket{handler="/",le="1000000"} +Inf
req_bucket{le="abc"} -inf
# just a comment
#
\t
some:rate5m{a_b="c"}\t1 123123\t
  spaced  2
"""
    assert Target().samples(body) == [
        ('go_gc{quantile="0.0"}', 4.9351e-05, None),
        ('go_gc{quantile="0.25"}', 7.4e-05, None),
        ('go_gc{a="b", quantile="1.0"}', 8.3835e-05, None),
        ('go_gc{a="b", quantile="0.9"}', 1, None),
        ('req_bucket{handler="/", le="1.0"}', 423, None),
        ('req_bucket{handler="/", le="1e+06"}', float("inf"), None),
        ('req_bucket{le="abc"}', float("-inf"), None),
        ('some:rate5m{a_b="c"}', 1, 123123),
        ("spaced{}", 2, None),
    ]


def test_le_is_left_alone_where_it_is_no_bound():
    assert Target().samples(b'# TYPE g gauge\ng{le="1",quantile="1"} 1\n')[0][0] == 'g{le="1", quantile="1"}'
    assert Target().samples(b'# TYPE s summary\ns{le="1"} 1\n')[0][0] == 's{le="1"}'


def test_openmetrics_samples():
    body = b"""\
# HELP hh Help with \\"quotes\\" and \\n.
# TYPE hh histogram
# UNIT hh_seconds seconds
hh_bucket{le="1"} 1 # {trace_id="a b # {c}",other="x\\"y"} 0.5
hh_bucket{le="+Inf"} 1 1520879607.789 # {id="x"} 4 123.123
hh_created 1520872607.123
# TYPE foo counter
foo_total 17.0 -1.5
foo_total{a="b",} nan
# TYPE i info
i_info{version="1"} 1
# EOF
"""
    samples = Target(OM).samples(body)
    assert samples[:4] == [
        ('hh_bucket{le="1.0"}', 1, None),
        ('hh_bucket{le="+Inf"}', 1, 1520879607789),
        ("hh_created{}", 1520872607.123, None),
        ("foo_total{}", 17, -1500),
    ]
    assert samples[4][0] == 'foo_total{a="b"}'
    assert Target(OM).scrape(body).values[8].hex() == "nan"


def test_nan_has_the_bits_that_prometheus_gives_it():
    for text in (b"NaN", b"nan", b"NAN"):
        reading = Target().scrape(b"a " + text)
        assert bytes(reading.values).hex() == "010000000000f87f"


def test_names_beyond_letters():
    body = (
        b'{"my.metric"} 1\n{"my.metric",a="b"} 2\n{ "my.metric" , "strange\\n\\"label\\"" = "\\\\v" } 3\n'
        b'plain{"quo.ted"="x"} 4\n{a="b","late.name"} 5\n' + '{"Heizölrückstoß 10€",a="ü\\x"} 6\n'.encode()
    )
    target = Target()
    target.scrape(body)
    assert [tuple(labels) for labels in target.labels] == [
        (("__name__", "my.metric"),),
        (("__name__", "my.metric"), ("a", "b")),
        (("__name__", "my.metric"), ('strange\n"label"', "\\v")),
        (("__name__", "plain"), ("quo.ted", "x")),
        (("__name__", "late.name"), ("a", "b")),
        (("__name__", "Heizölrückstoß 10€"), ("a", "ü\\x")),
    ]


def test_metadata_is_given_when_it_changes():
    target = Target(OM)
    body = b"# HELP a_seconds Help.\n# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 1\n# EOF\n"
    assert target.scrape(body).metadata == {"a_seconds": Metadata(MetricType.GAUGE, "seconds", "Help.")}
    assert target.scrape(body).metadata == {}
    assert target.scrape(b"# TYPE b counter\n" + body).metadata == {"b": Metadata(MetricType.COUNTER)}
    changed = target.scrape(body.replace(b"Help.", b"Hilfe."))
    assert changed.metadata == {"a_seconds": Metadata(MetricType.GAUGE, "seconds", "Hilfe.")}


def test_a_steady_target_keeps_its_refs_array():
    target = Target()
    first = target.scrape(b"# generated at 1\na 1\nb 2\n")
    second = target.scrape(b"# generated at 2\na 1\nb 3\n")
    assert (first.relaid, second.relaid) == (True, False)
    assert second.refs is first.refs
    assert list(second.values) == [0, 1, 3]
    assert (first.new_series, second.new_series) == (2, 0)
    assert (first.samples, second.samples) == (2, 2)


def test_timestamps_come_and_go_without_moving_lines():
    target = Target()
    assert target.scrape(b"a 1\nb 2\n").timestamps_ms is None
    assert target.samples(b"a 1 5\nb 2\n") == [("a{}", 1, 5), ("b{}", 2, None)]
    assert target.samples(b"a 1\nb 2 7\n") == [("a{}", 1, None), ("b{}", 2, 7)]
    assert target.scrape(b"a 3\nb 2 7\n").relaid is False


def test_a_name_that_grows_is_a_new_series():
    target = Target()
    target.scrape(b"a 1\n")
    assert target.samples(b'a {x="y"} 2\n') == [('a{x="y"}', 2, None)]


def test_exemplars_come_and_go_without_moving_lines():
    target = Target(OM)
    target.scrape(b"a_total 1\n# EOF\n")
    reading = target.scrape(b'a_total 2 # {trace_id="1"} 1\n# EOF\n')
    assert (reading.relaid, reading.values[0]) == (False, 2)


@pytest.mark.parametrize(("block_lines", "piece_bytes"), [(64, 1 << 18), (4, 30), (1, 1), (7, 100)])
def test_whatever_order_lines_come_in_the_result_is_that_of_a_fresh_parser(block_lines, piece_bytes, monkeypatch):
    monkeypatch.setattr("watchglass.wire.layout.BLOCK_LINES", block_lines)
    monkeypatch.setattr("watchglass.wire.layout._PIECE_BYTES", piece_bytes)
    chance = random.Random(block_lines)
    lines = [b'm%d{a="%d"} ' % (i % 7, i) for i in range(40)] + [b"# TYPE m3 histogram", b"# c"]
    target = Target()
    for _ in range(200):
        chosen = chance.sample(lines, chance.choice((40, 41, 42))) if chance.random() < 0.3 else lines
        tails = (b"%d" % chance.randrange(5), b"NaN", b"5 77", b"+Inf", b"1e3 ", b"0.25\t9")
        body = b"\n".join(line if line[:1] == b"#" else line + chance.choice(tails) for line in chosen)
        expected = Target()
        assert repr(target.samples(body)) == repr(expected.samples(body))


def test_a_long_steady_body_with_values_of_any_length():
    chance = random.Random(5)
    target = Target()
    values = [0] * 1000
    for turn in range(30):
        for _ in range(chance.choice((0, 1, 50, 1000))):
            values[chance.randrange(1000)] = chance.choice((0, 7, 10 ** chance.randrange(16), 0.1, -1e-300))
        reading = target.scrape(
            b"".join(b's{i="%d"} %s\n' % (i, str(value).encode()) for i, value in enumerate(values))
        )
        assert list(reading.values) == values
        assert reading.relaid is (turn == 0)
        assert list(reading.refs) == list(range(1000))


@pytest.mark.parametrize("rest", [b"", b"s999 1\n", b"\n" * 200, b"x 1\n" * 64])
def test_lines_that_are_cut_off_or_added_at_the_end_are_noticed(rest):
    lines = [b"s%d 1\n" % i for i in range(192)]
    target = Target()
    target.scrape(b"".join(lines))
    body = b"".join(lines[:150]) + rest
    assert target.samples(body) == Target().samples(body)
    body = b"".join(lines) + rest
    assert target.samples(body) == Target().samples(body)


def test_a_format_change_starts_anew():
    target = Target()
    target.scrape(b"a 1\n")
    target.format = OM
    assert target.samples(b"a 2\n# EOF\n") == [("a{}", 2, None)]


def test_forgotten_series_are_asked_for_again():
    asked = []

    class Resolver:
        def name(self, exposed):
            return Labels.of(exposed)

        def resolve(self, named, samples):
            asked.extend(labels.name for labels in named)
            return [1] * len(named)

    target = Target(resolver=Resolver())
    target.scrape(b"a 1\n")
    target.scrape(b"a 2\n")
    target.parser.forget()
    target.scrape(b"a 3\n")
    assert asked == ["a", "a"]


def test_the_cache_holds_the_last_good_body_only():
    target = Target()
    for i in range(50):
        target.scrape(b"series_%d 1\nsteady 1\n" % i)
    assert target.parser._layout.body == b"series_49 1\nsteady 1\n"
    assert len(target.parser._layout.known()) == 2


def test_dropped_series_are_remembered_and_unresolved_ones_asked_again():
    asked = []

    class Resolver:
        def name(self, exposed):
            asked.append(exposed["__name__"])
            return None if exposed["__name__"] == "dropped" else Labels.of(exposed)

        def resolve(self, named, samples):
            assert samples == 2
            return [UNRESOLVED if labels.name == "refused" else 7 for labels in named]

    target = Target(resolver=Resolver())
    for value in (1, 2):
        reading = target.scrape(b"dropped %d\nrefused %d\ntaken %d\n" % (value, value, value))
        assert list(reading.refs) == [DROPPED, UNRESOLVED, 7]
        assert reading.samples == 3
    assert asked == ["dropped", "refused", "taken", "refused"]
    assert reading.new_series == 0


def test_a_first_body_costs_little_while_it_is_read():
    class Resolver:
        def name(self, exposed):
            return Labels.of(exposed)

        def resolve(self, named, samples):
            return [index for index, _ in enumerate(named)]

    series = 20_000
    body = b"".join(b'a{instance="host",path="/v1",shard="%d"} 1\n' % number for number in range(series))
    target = Target(resolver=Resolver())
    tracemalloc.start()
    try:
        target.scrape(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak / series < 450, "the label sets of a body may not all be objects at one time"


def test_a_fault_in_naming_gets_its_line():
    class Resolver:
        def name(self, exposed):
            raise ExpositionError("label_limit exceeded")

    with pytest.raises(ExpositionError) as caught:
        Target(resolver=Resolver()).scrape(b"# a comment\nup 1\n")
    assert str(caught.value) == "line 2: label_limit exceeded"


def test_a_body_of_too_many_lines_is_refused_unseen():
    with pytest.raises(ExpositionError, match="the body has more than 1,000 lines"):
        Target(max_lines=1000).scrape(b"\n" * 1001)


def test_ten_thousand_labels():
    labels = b",".join(b'l%d="%d"' % (i, i) for i in range(10_000))
    assert len(Target().samples(b"wide{" + labels + b"} 1\n")) == 1


def test_a_line_beyond_all_measure():
    with pytest.raises(ExpositionError, match="line 2: the line is longer than 1,048,576 bytes"):
        Target().scrape(b'a 1\nb{c="' + b"x" * (1 << 20) + b'"} 1\n')


@pytest.mark.parametrize("body", [b"", b"\n", b"\n\n  \n", b"# nothing\n"])
def test_an_empty_body_has_no_samples(body):
    assert Target().samples(body) == []
