"""`meta.db`: tables that come step by step, transactions that are all or nothing, and a file that cannot be used."""

import sqlite3
import threading

import pytest
from test_faults import files_limited_to

from watchglass.errors import StoreError
from watchglass.store.meta import MetaStore

STEPS = (
    "CREATE TABLE thing (name TEXT); INSERT INTO thing VALUES ('first')",
    "ALTER TABLE thing ADD COLUMN size INTEGER",
)


@pytest.fixture
def meta(tmp_path):
    store = MetaStore(tmp_path)
    yield store
    store.close()


def test_steps_are_taken_once_and_later_ones_when_they_come(tmp_path):
    for steps in (STEPS[:1], STEPS, STEPS):
        store = MetaStore(tmp_path)
        store.bring("things", steps)
        names = store.rows("SELECT name FROM thing")
        store.close()
        assert names == [("first",)]


def test_a_file_of_a_newer_version_is_refused(meta):
    meta.bring("things", STEPS)

    with pytest.raises(StoreError, match=r"meta\.db was written by a newer version: its things have format 2"):
        meta.bring("things", STEPS[:1])


def test_a_transaction_that_fails_leaves_nothing(meta):
    meta.bring("things", STEPS)

    with pytest.raises(RuntimeError), meta.transaction() as con:
        con.execute("INSERT INTO thing VALUES ('second', 2)")
        with meta.transaction() as inner:
            inner.execute("INSERT INTO thing VALUES ('third', 3)")
        raise RuntimeError
    assert meta.rows("SELECT name FROM thing") == [("first",)]


def test_an_inner_transaction_is_written_with_the_outer_one(meta, tmp_path):
    meta.bring("things", STEPS)
    with meta.transaction(), meta.transaction() as inner:
        inner.execute("INSERT INTO thing VALUES ('second', 2)")

    with sqlite3.connect(tmp_path / "meta.db") as other:
        assert other.execute("SELECT count(*) FROM thing").fetchone() == (2,)
    other.close()


def test_what_is_written_is_synced(meta):
    with meta.transaction():
        assert meta.row("PRAGMA synchronous") == (2,), "FULL"
        assert meta.row("PRAGMA foreign_keys") == (1,)
    assert meta.row("PRAGMA journal_mode") == ("wal",)


def test_who_reads_does_not_wait_for_who_writes(meta):
    meta.bring("things", STEPS)
    writing, read = threading.Event(), threading.Event()

    def write():
        with meta.transaction() as con:
            con.execute("INSERT INTO thing VALUES ('second', 2)")
            writing.set()
            assert read.wait(10)

    thread = threading.Thread(target=write)
    thread.start()
    assert writing.wait(10)
    before = meta.rows("SELECT name FROM thing")
    read.set()
    thread.join()
    assert (before, len(meta.rows("SELECT name FROM thing"))) == ([("first",)], 2)


def test_a_full_disk_refuses_and_loses_nothing(meta):
    meta.bring("things", STEPS)
    with files_limited_to(60_000), pytest.raises(StoreError, match=r"no space left to write .*meta\.db"):
        for _ in range(100):
            with meta.transaction() as con:
                con.execute("INSERT INTO thing VALUES (?, 0)", ("x" * 5000,))
    count = meta.row("SELECT count(*) FROM thing")
    with meta.transaction() as con:
        con.execute("INSERT INTO thing VALUES ('after', 0)")

    assert meta.row("SELECT count(*) FROM thing") == (count[0] + 1,)


def test_a_damaged_file_says_so(tmp_path):
    (tmp_path / "meta.db").write_bytes(b"no database" * 1000)

    with pytest.raises(StoreError, match=r"meta\.db is damaged"):
        MetaStore(tmp_path)


def test_a_folder_that_cannot_be_one_says_so(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot use"):
        MetaStore(tmp_path / "file")
