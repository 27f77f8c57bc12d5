"""Which source is meant, and what becomes of an address that reaches ourselves."""

import pytest
from upstream_server import NOW_MS, answer, success, vector

from watchglass.promql.engine import Engine
from watchglass.sources.data_sources import EmbeddedSource, RemoteSource, Sources
from watchglass.sources.errors import SourceGoneError

SELF = answer("", "421 Misdirected Request", X_Watchglass_Instance="us")


@pytest.fixture
def embedded():
    store = Store()
    return EmbeddedSource(Engine(store), store, NOW_MS, lambda: NOW_MS - 5000)


class Store:
    def label_values(self, name, selectors, start_ms, end_ms):
        return ["here"]

    def label_names(self, selectors, start_ms, end_ms):
        return ["job"]


@pytest.fixture
def make_remote(serve, make_source, embedded):
    def make(reply):
        server = serve(reply)
        prometheus = make_source(server.url)
        remote = RemoteSource(prometheus, prometheus, embedded)
        remote.server = server
        return remote

    return make


def value(source, query="1"):
    return float(source.instant(query, NOW_MS).data.values.ravel()[0])


def test_without_a_server_elsewhere_every_name_means_ourselves(embedded):
    sources = Sources(embedded)

    assert all(
        sources.find(uid) is embedded for uid in ("embedded", "default", "prometheus", "", "${DS_PROMETHEUS}", "$ds")
    )
    assert sources.find("other") is None
    assert sources.listed() == [embedded]


def test_with_one_it_is_the_default(embedded, make_remote):
    remote = make_remote(vector("7"))
    sources = Sources(embedded, remote)

    assert all(sources.find(uid) is remote for uid in ("default", "prometheus", "", "${DS_PROMETHEUS}"))
    assert sources.find("embedded") is embedded
    assert sources.listed() == [remote, embedded]
    assert sources.named("Prometheus") is remote
    assert sources.named("Watchglass") is embedded
    assert value(remote) == 7


class TestOurOwnAddress:
    def test_it_means_the_built_in_metrics_from_the_first_query_on(self, embedded, make_remote, caplog):
        caplog.set_level("INFO")
        remote = make_remote(SELF)
        sources = Sources(embedded, remote)

        assert [value(remote, "3"), value(remote, "4")] == [3, 4]
        assert remote.range("5", 0, 1000, 1000).data.values.tolist() == [[5, 5]]
        assert remote.label_values("job", [], 0, 1) == ["here"]

        assert len(remote.server.asked) == 1
        assert (remote.kind, remote.trouble, sources.default, sources.listed()) == (
            "embedded",
            "",
            embedded,
            [embedded],
        )
        assert sum("reaches this very process" in record.message for record in caplog.records) == 1

    def test_names_are_looked_up_here_as_well(self, make_remote):
        assert make_remote(SELF).label_names([], 0, 1) == ["job"]

    def test_a_test_finds_it_too_and_finds_out_when_it_is_so_no_more(self, make_remote):
        replies = [SELF, success({"resultType": "scalar", "result": [0, "2"]})]
        remote = make_remote(lambda *_: replies.pop(0) if len(replies) > 1 else replies[0])

        remote.test()
        assert remote.reaches_self
        assert remote.data_since_ms == NOW_MS - 5000
        remote.test()
        assert not remote.reaches_self

    def test_it_may_turn_out_late(self, make_remote):
        """Our listener may come up after somebody else's has gone."""
        replies = [answer("", "502 Bad Gateway"), SELF]
        remote = make_remote(lambda *_: replies.pop(0) if len(replies) > 1 else replies[0])

        with pytest.raises(SourceGoneError):
            value(remote)
        remote.check()
        assert value(remote, "8") == 8


class TestChecks:
    def test_one_that_has_just_answered_is_left_alone(self, make_remote):
        remote = make_remote(vector("7"))
        value(remote)
        remote.check()
        assert len(remote.server.asked) == 1

    def test_one_that_was_never_asked_is_tested(self, make_remote):
        remote = make_remote(success({"resultType": "scalar", "result": [0, "2"]}))

        assert remote.state.word == "unknown"
        remote.check()
        assert remote.state.word == "up"

    def test_one_that_is_gone_is_tested_until_it_is_back(self, make_remote):
        replies = [answer("", "502 Bad Gateway"), answer("", "502 Bad Gateway"), vector("1")]
        remote = make_remote(lambda *_: replies.pop(0) if len(replies) > 1 else replies[0])

        states = []
        for _ in range(3):
            remote.check()
            states.append((remote.state.word, bool(remote.trouble)))
        assert states == [("down", True), ("down", True), ("up", False)]

    def test_one_that_hangs_is_gone_though_its_queries_only_took_too_long(self, make_remote):
        remote = make_remote(lambda connection, _asked: connection.recv(1) or None)

        remote.check()
        assert "no answer within 2 s" in remote.trouble
