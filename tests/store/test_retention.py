"""Giving disk space back while somebody reads."""

from support import START_MS, append, many, opened, refs_of


def test_a_reader_delays_the_emptying_of_the_wal_file_and_no_commit(tmp_path):
    store = opened(tmp_path)
    refs = refs_of(store, *many("m", 100))
    append(store, refs, 1, START_MS)
    writer, retention = store._core.writer, store._upkeep._retention
    with writer.transaction() as con:
        con.execute("CREATE TABLE ballast AS SELECT randomblob(4000000) AS bytes")
    with writer.transaction() as con:
        con.execute("DROP TABLE ballast")
    with store._core.readers.borrow() as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM series").fetchone() == (100,)
        retention.tidy()
        assert writer.wal_bytes() > 0
        assert append(store, refs, 2, START_MS + 1000).appended == 100
        assert writer.value("PRAGMA busy_timeout") == 30_000
        reader.execute("COMMIT")
    retention.tidy()
    assert writer.wal_bytes() == 0
    store.close()
