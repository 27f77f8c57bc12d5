"""What is counted of a real Redis, asked through redis-py with and without asyncio."""

from __future__ import annotations

import asyncio

import pytest
from peer_servers import Redis, free_port, wait_until
from prometheus_client import CollectorRegistry

from watchglass.sdk.redis_metrics import RedisMetrics

redis = pytest.importorskip("redis", reason="could not import redis")
import redis.asyncio  # noqa: E402, F811

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def client(server, registry):
    client = RedisMetrics(registry).watch(redis.Redis(port=server.port))
    yield client
    client.close()


def commands(registry, name: str) -> float | None:
    return registry.get_sample_value("redis_commands_total", {"command": name})


def timed(registry, name: str) -> float | None:
    return registry.get_sample_value("redis_command_duration_seconds_count", {"command": name})


def cache(registry) -> tuple[float, float]:
    return tuple(registry.get_sample_value(f"redis_cache_{found}_total") for found in ("hits", "misses"))


def test_nothing_is_said_of_a_connection_before_it_is_used(client, registry):
    assert registry.get_sample_value("redis_connected") is None
    assert client.ping() is True
    assert registry.get_sample_value("redis_connected") == 1


def test_commands_and_what_they_found(client, registry):
    client.set("a", "1")
    client.hset("h", mapping={"x": "1"})
    assert (client.get("a"), client.get("none"), client.getex("a")) == (b"1", None, b"1")
    assert client.mget("a", "none", "nor") == [b"1", None, None]
    assert (client.hget("h", "x"), client.hmget("h", "x", "y")) == (b"1", [b"1", None])
    client.config_get("maxmemory")

    assert (commands(registry, "get"), timed(registry, "get")) == (2, 2)
    assert (commands(registry, "config"), commands(registry, "CONFIG GET")) == (1, None)
    assert cache(registry) == (5, 4)


def test_a_watched_client_is_not_watched_twice(server, registry):
    metrics = RedisMetrics(registry)
    with metrics.watch(metrics.watch(redis.Redis(port=server.port))) as client:
        client.get("a")
    assert commands(registry, "get") == 1


def test_pipelines_and_transactions(client, registry):
    with client.pipeline() as pipeline:
        pipeline.set("p", "1")
        pipeline.get("p")
        pipeline.get("nothing")
        assert pipeline.execute() == [True, b"1", None]

    def move(pipeline):
        value = pipeline.get("p")
        pipeline.multi()
        pipeline.set("q", value)

    assert client.transaction(move, "p") == [True]
    assert client.pipeline().execute() == []

    assert (commands(registry, "set"), commands(registry, "get")) == (2, 3)
    assert timed(registry, "pipeline") == 2
    assert cache(registry) == (2, 1)


def test_an_error_of_redis_is_an_answer(client, registry):
    client.set("text", "x")
    with pytest.raises(redis.ResponseError):
        client.incr("text")
    with pytest.raises(redis.ResponseError), client.pipeline() as pipeline:
        pipeline.incr("text")
        pipeline.execute()
    assert registry.get_sample_value("redis_connected") == 1
    assert commands(registry, "incrby") == 2


def test_only_some_keys_may_be_cache(server, registry):
    metrics = RedisMetrics(registry, cache_prefix="cache:", cache_reads={"get"})
    with metrics.watch(redis.Redis(port=server.port)) as client:
        client.get("session:1")
        client.get(b"cache:1")
        client.mget("cache:1", "cache:2")
    assert cache(registry) == (0, 1)


def test_commands_beyond_the_limit_share_one_series(server, registry):
    with RedisMetrics(registry, most_commands=1).watch(redis.Redis(port=server.port)) as client:
        client.ping()
        client.get("a")
        client.execute_command("TIME")
    assert (commands(registry, "ping"), commands(registry, "other")) == (1, 2)


def test_redis_may_go_and_come_back(tmp_path, registry):
    with Redis(tmp_path) as server:
        client = RedisMetrics(registry).watch(redis.Redis(port=server.port, retry=None))
        client.ping()
        server.stop()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        assert registry.get_sample_value("redis_connected") == 0
        server.start()
        client.ping()
        client.close()
    assert registry.get_sample_value("redis_connected") == 1
    assert commands(registry, "ping") == 3


def test_an_empty_pool_of_the_client_says_nothing_of_redis(server, registry):
    pool = redis.ConnectionPool(port=server.port, max_connections=1)
    client = RedisMetrics(registry).watch(redis.Redis(connection_pool=pool))
    client.ping()
    held = pool.get_connection()
    with pytest.raises(redis.ConnectionError):
        client.ping()
    pool.release(held)
    pool.disconnect()
    assert registry.get_sample_value("redis_connected") == 1


def test_a_cluster(tmp_path, registry):
    with Redis(tmp_path, "--cluster-enabled", "yes", "--cluster-port", str(free_port())) as server:
        ask_a_cluster(server, registry, others := CollectorRegistry())

    assert (commands(registry, "set"), commands(registry, "get"), timed(registry, "pipeline")) == (1, 3, 1)
    assert (cache(registry), cache(others)) == ((1, 2), (1, 1))
    assert registry.get_sample_value("redis_connected") == 1


def ask_a_cluster(server, registry, others):
    with redis.Redis(port=server.port) as plain:
        plain.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
        wait_until(lambda: plain.cluster("INFO")["cluster_state"] == "ok", "a cluster")
    with RedisMetrics(registry).watch(redis.RedisCluster(host="127.0.0.1", port=server.port)) as client:
        client.set("a", "1")
        client.get("none")
        with client.pipeline() as pipeline:
            pipeline.get("a")
            pipeline.get("b")
            assert pipeline.execute() == [b"1", None]

    async def later():
        metrics = RedisMetrics(others)
        client = metrics.watch(redis.asyncio.RedisCluster(host="127.0.0.1", port=server.port))
        async with client, client.pipeline() as pipeline:
            assert await pipeline.get("a").get("b").execute() == [b"1", None]

    asyncio.run(later())


def test_asyncio(server, registry):
    async def main():
        async with RedisMetrics(registry).watch(redis.asyncio.Redis(port=server.port)) as client:
            await client.set("b", "1")
            assert await client.get("b") == b"1"
            async with client.pipeline() as pipeline:
                assert await pipeline.get("b").get("missing").execute() == [b"1", None]
            with pytest.raises(redis.ResponseError):
                await client.incr("text-that-is-none", "x")
        gone = RedisMetrics(CollectorRegistry())
        registries.append(gone)
        async with gone.watch(redis.asyncio.Redis(port=1, retry=None)) as client:
            with pytest.raises(redis.ConnectionError):
                await client.ping()
        return gone

    registries = []
    gone = asyncio.run(main())
    assert (commands(registry, "get"), timed(registry, "get"), timed(registry, "pipeline")) == (3, 1, 1)
    assert cache(registry) == (2, 1)
    assert gone._connected._value.get() == 0
