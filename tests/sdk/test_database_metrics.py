"""What is counted of real databases, asked through SQLAlchemy: SQLite here, and Debian's PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from peer_servers import postgres
from prometheus_client import CollectorRegistry

from watchglass.sdk.database_metrics import DatabaseMetrics, read_statement

sqlalchemy = pytest.importorskip("sqlalchemy", reason="could not import sqlalchemy")
from sqlalchemy import create_engine, insert, select, text  # noqa: E402
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, TimeoutError  # noqa: A004, E402
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column  # noqa: E402
from sqlalchemy.pool import NullPool  # noqa: E402


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def sqlite(tmp_path, registry):
    engine = DatabaseMetrics(registry).watch(create_engine(f"sqlite:///{tmp_path}/app.db"))
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def server():
    pytest.importorskip("psycopg", reason="could not import psycopg")
    with postgres() as server:
        yield server


@pytest.fixture
def real(server, registry):
    engine = create_engine(server.url("+psycopg"), pool_size=2, max_overflow=0, pool_timeout=20)
    DatabaseMetrics(registry).watch(engine)
    Base.metadata.create_all(engine)
    yield engine
    Base.metadata.drop_all(engine)
    engine.dispose()


def queries(registry, operation: str, model: str = "users", name: str = "db_query_total") -> float | None:
    return registry.get_sample_value(name, {"operation": operation, "model": model})


def errors(registry, operation: str, kind: str) -> float | None:
    return registry.get_sample_value("db_errors_total", {"operation": operation, "error_type": kind})


def pool(registry) -> tuple[float | None, ...]:
    names = ("active_connections", "idle_connections", "waiting_requests")
    return tuple(registry.get_sample_value(f"db_pool_{name}") for name in names)


def work(engine) -> None:
    with Session(engine) as session:
        session.add_all([User(name="ada"), User(name="alan")])
        session.commit()
        assert session.scalar(select(User).where(User.name == "ada")).name == "ada"
        session.execute(text("UPDATE users SET name = 'Ada' WHERE name = 'ada' -- FROM nowhere"))
        session.delete(session.scalars(select(User).order_by(User.id)).first())
        session.commit()


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("real", marks=pytest.mark.real)])
def test_statements_are_counted_and_timed_by_operation_and_table(request, engine, registry):
    work(request.getfixturevalue(engine))

    for operation in ("update", "delete", "create"):
        assert queries(registry, operation) == 1
    assert queries(registry, "insert") in (1, 2)  # both rows at once, where the database can
    assert queries(registry, "select") in (2, 3)  # a deleted row may be read again first
    for operation in ("select", "insert"):
        timed = queries(registry, operation, name="db_query_duration_seconds_count")
        assert timed == queries(registry, operation)
        assert 0 < queries(registry, operation, name="db_query_duration_seconds_sum") < 5


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("real", marks=pytest.mark.real)])
def test_errors_by_operation_and_kind(request, engine, registry):
    engine = request.getfixturevalue(engine)
    with engine.begin() as connection:
        connection.execute(insert(User), [{"name": "ada"}])
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(User), [{"name": "ada"}])
    with pytest.raises((OperationalError, ProgrammingError)), engine.begin() as connection:
        connection.execute(text("SELECT * FROM nothing"))

    kind = "OperationalError" if engine.name == "sqlite" else "ProgrammingError"
    assert (errors(registry, "insert", "IntegrityError"), errors(registry, "select", kind)) == (1, 1)
    assert queries(registry, "insert") == 2
    assert queries(registry, "select", "nothing") == 1


def test_a_database_that_cannot_be_reached(registry):
    pytest.importorskip("psycopg", reason="could not import psycopg")
    engine = DatabaseMetrics(registry).watch(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    with pytest.raises(OperationalError):
        engine.connect()
    assert errors(registry, "connect", "OperationalError") == 1


def test_the_pool_of_an_engine(sqlite, registry):
    first, second = sqlite.connect(), sqlite.connect()
    assert pool(registry) == (2, 0, 0)
    first.close()
    assert pool(registry) == (1, 1, 0)
    second.close()
    assert pool(registry) == (0, 2, 0)
    sqlite.dispose()
    assert pool(registry) == (0, 0, 0)
    with sqlite.connect() as connection:
        connection.detach()
        assert pool(registry)[0] == 0
        with sqlite.connect():
            assert pool(registry) == (1, 0, 0)


def test_connections_beyond_the_pool_are_not_idle_when_they_come_back(tmp_path, registry):
    engine = create_engine(f"sqlite:///{tmp_path}/app.db", pool_size=1, max_overflow=5)
    DatabaseMetrics(registry).watch(engine)
    held = [engine.connect() for _ in range(4)]
    assert pool(registry) == (4, 0, 0)
    for connection in held:
        connection.close()
    assert pool(registry) == (0, 1, 0)
    engine.dispose()


def test_a_pool_without_a_bound(tmp_path, registry):
    engine = DatabaseMetrics(registry).watch(create_engine(f"sqlite:///{tmp_path}/app.db", pool_size=0))
    with engine.connect(), engine.connect():
        assert pool(registry) == (2, 0, 0)
    assert pool(registry) == (0, 2, 0)
    engine.dispose()


@pytest.mark.real
def test_who_waits_for_a_connection_is_counted(real, registry):
    held = [real.connect(), real.connect()]

    def asked():
        with real.connect() as connection:
            return connection.scalar(select(1))

    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(asked) for _ in range(3)]
        until(lambda: pool(registry)[2] == 3)
        assert pool(registry) == (2, 0, 3)
        for connection in held:
            connection.close()
        assert [each.result(20) for each in waiting] == [1, 1, 1]
    until(lambda: pool(registry) == (0, 2, 0))


def test_who_waited_in_vain_waits_no_longer(tmp_path, registry):
    engine = create_engine(f"sqlite:///{tmp_path}/app.db", pool_size=1, max_overflow=0, pool_timeout=0.05)
    DatabaseMetrics(registry).watch(engine)
    with engine.connect(), pytest.raises(TimeoutError):
        engine.connect()
    assert pool(registry) == (0, 1, 0)
    engine.dispose()


def test_two_engines_add_up_and_one_twice_does_not(tmp_path, registry):
    metrics = DatabaseMetrics(registry)
    engines = [metrics.watch(metrics.watch(create_engine(f"sqlite:///{tmp_path}/{name}.db"))) for name in "ab"]
    with engines[0].connect() as one, engines[1].connect():
        one.execute(text("SELECT 1"))
        assert pool(registry) == (2, 0, 0)
    assert queries(registry, "select", "other") == 1
    for engine in engines:
        engine.dispose()


def test_a_pool_that_counts_nothing_has_no_gauges(tmp_path, registry):
    engine = DatabaseMetrics(registry).watch(create_engine(f"sqlite:///{tmp_path}/app.db", poolclass=NullPool))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert pool(registry) == (None, None, None)
    assert queries(registry, "select", "other") == 1


@pytest.mark.real
def test_asyncio(server, registry):
    from sqlalchemy.ext.asyncio import create_async_engine

    async def main():
        engine = DatabaseMetrics(registry).watch(
            create_async_engine(server.url("+psycopg"), pool_size=1, max_overflow=0)
        )
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(insert(User), [{"name": "ada"}])
            assert pool(registry) == (1, 0, 0)
            waiting = asyncio.ensure_future(count(engine))
            while pool(registry)[2] != 1:  # noqa: ASYNC110 - a gauge knows no events
                await asyncio.sleep(0.01)
        assert await waiting == 1
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
        await engine.dispose()

    async def count(engine):
        async with engine.connect() as connection:
            return len((await connection.execute(select(User))).all())

    asyncio.run(asyncio.wait_for(main(), 60))
    assert (queries(registry, "insert"), queries(registry, "select")) == (1, 1)
    assert pool(registry)[2] == 0


def until(holds) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("statement", "operation", "model"),
    [
        ("SELECT a FROM users u JOIN posts p ON true", "select", "users"),
        ("  /* hint */ select * from public.\"Users\" where x = 'from nothing'", "select", "users"),
        ("INSERT INTO `app`.`posts` (a) VALUES (?)", "insert", "posts"),
        ("INSERT INTO posts SELECT * FROM users ON CONFLICT DO UPDATE SET a = 1", "insert", "posts"),
        ("UPDATE ONLY users SET a = 1 FROM posts", "update", "users"),
        ("DELETE FROM [dbo].[users]", "delete", "users"),
        ("WITH x AS (SELECT * FROM posts), y (a) AS (SELECT * FROM x) SELECT * FROM y FOR UPDATE", "select", "posts"),
        ("WITH x AS MATERIALIZED (SELECT id FROM x2) INSERT INTO posts SELECT * FROM x", "insert", "x2"),
        ("SELECT EXTRACT(year FROM at) FROM events", "select", "events"),
        ("(SELECT 1) UNION (SELECT 2)", "select", "other"),
        ("CREATE TABLE IF NOT EXISTS users (id int)", "create", "users"),
        ("TRUNCATE users", "truncate", "users"),
        ("COPY users FROM STDIN", "copy", "users"),
        ("BREW coffee", "other", "other"),
        ("", "other", "other"),
    ],
)
def test_what_a_statement_does_and_to_which_table(statement, operation, model):
    assert read_statement(statement) == (operation, model)


def test_tables_beyond_the_limit_share_one_series(tmp_path, registry):
    engine = create_engine(f"sqlite:///{tmp_path}/app.db")
    DatabaseMetrics(registry, most_models=1).watch(engine)
    with engine.connect() as connection:
        for name in ("one", "two", "three"):
            connection.execute(text(f"CREATE TABLE {name} (id int)"))
    engine.dispose()
    assert (queries(registry, "create", "one"), queries(registry, "create", "other")) == (1, 2)
