"""A query whose reads fail: damage costs the chunks it hit, anything else fails the query."""

import sqlite3
from contextlib import contextmanager

import pytest
from support import FOREVER, START_MS, append, many, named, opened, refs_of

from watchglass.errors import StoreError
from watchglass.store.sqlite import Readers


class Failing:
    """A connection on which every statement fails."""

    def __init__(self, code):
        self.error = sqlite3.OperationalError("it does not work")
        self.error.sqlite_errorcode = code

    def execute(self, *_args):
        raise self.error


@pytest.fixture
def read(tmp_path, monkeypatch):
    """How many samples a store finds whose reads fail with an error code, and what damage it has noted."""
    store = opened(tmp_path)
    append(store, refs_of(store, *many("m", 5)), 1, START_MS)
    store._core.committer.call(store._core.head.seal_everything).result()
    store.flush()

    def run(code):
        @contextmanager
        def borrow(_readers):
            yield Failing(code)

        with monkeypatch.context() as patch:
            patch.setattr(Readers, "borrow", borrow)
            return len(store.select(named("m"), *FOREVER).times), store.damage

    yield run
    store.close()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_IOERR_READ])
def test_a_passing_error_fails_the_query_and_is_no_damage(read, code):
    with pytest.raises(StoreError, match="cannot be read at the moment"):
        read(code)


def test_damage_is_left_out_and_reported(read):
    found, damage = read(sqlite3.SQLITE_CORRUPT)
    assert found == 0
    assert "cannot be read: it does not work" in damage[0]
