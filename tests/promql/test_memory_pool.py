"""Queries share bounded memory: one waits for what another gives back, and is refused what will not be there."""

import threading
import time

import pytest

from watchglass.errors import QueryLimitError, QueryTimeoutError
from watchglass.promql.limits import Budget
from watchglass.promql.memory_pool import CELL_BYTES, MemoryBusyError, MemoryPool, current_share, using

MIB = 1 << 20


def give_up():
    raise MemoryBusyError("enough")


def never():
    raise AssertionError("it waits")


def test_a_share_grows_to_the_most_that_was_needed_and_is_given_back():
    pool = MemoryPool(100 * MIB)
    share = pool.share()
    share.need(10 * MIB, never)
    share.need(5 * MIB, never)
    assert pool.held_bytes == 10 * MIB
    share.keep_only(3 * MIB)
    assert pool.held_bytes == 3 * MIB
    share.release()
    assert (pool.held_bytes, share.peak_bytes) == (0, 10 * MIB)


def test_a_share_that_nobody_holds_any_more_is_given_back():
    pool = MemoryPool(100 * MIB)
    share = pool.share()
    share.need(10 * MIB, never)
    del share
    assert pool.held_bytes == 0


def test_more_than_there_is_in_all_is_refused_with_the_figures_and_the_setting():
    with pytest.raises(QueryLimitError, match=r"would take 1,001 MiB .* may hold 1,000 MiB of .* \(query.memory\)"):
        MemoryPool(1000 * MIB).share().need(1001 * MIB, never)


def test_the_queries_of_one_client_leave_room_for_others():
    pool = MemoryPool(100 * MIB, client_bytes=75 * MIB)
    first, second, other = pool.share("a"), pool.share("a"), pool.share("b")
    with pytest.raises(QueryLimitError, match="one client may hold 75 MiB of the 100 MiB for all"):
        first.need(76 * MIB, never)
    first.need(60 * MIB, never)
    second.need(15 * MIB, never)
    other.need(25 * MIB, never)
    assert pool.held_bytes == 100 * MIB


def test_a_query_waits_for_its_client_s_other_ones_though_there_is_memory():
    pool = MemoryPool(100 * MIB, client_bytes=75 * MIB)
    first, second = pool.share("a"), pool.share("a")
    first.need(60 * MIB, never)
    looked = []

    def look():
        looked.append(pool.held_bytes)
        first.release()

    second.need(30 * MIB, look)
    assert looked == [60 * MIB]


def test_two_of_one_client_that_wait_for_each_other_do_not_wait_for_ever():
    pool = MemoryPool(100 * MIB, client_bytes=75 * MIB)
    first, second, other = pool.share("a"), pool.share("a"), pool.share("b")
    first.need(40 * MIB, never)
    second.need(30 * MIB, never)
    other.need(10 * MIB, never)
    waiting = threading.Event()
    thread = threading.Thread(target=first.need, args=(60 * MIB, waiting.set))
    thread.start()
    assert waiting.wait(10)
    with pytest.raises(MemoryBusyError, match="others hold 70 MiB of the 75 MiB for one client"):
        while True:  # the first looks up from time to time, and then does not wait
            second.need(50 * MIB, lambda: None)
    second.release()
    thread.join(10)
    assert pool.held_bytes == 70 * MIB


def test_a_client_that_holds_nothing_leaves_nothing_behind():
    pool = MemoryPool(100 * MIB, client_bytes=75 * MIB)
    for number in range(50):
        share = pool.share(f"client {number}")
        share.need(70 * MIB, never)
        with pytest.raises(MemoryBusyError):
            pool.share("late").need(40 * MIB, give_up)
        share.release()
    assert not pool._clients


def test_a_query_waits_for_memory_that_another_gives_back():
    pool = MemoryPool(100 * MIB)
    first, second = pool.share(), pool.share()
    first.need(80 * MIB, never)
    looked = []

    def look():
        looked.append(pool.held_bytes)
        first.release()

    second.need(30 * MIB, look)
    assert looked == [80 * MIB]
    assert pool.held_bytes == 30 * MIB


def leaving(pool, size_bytes, moved_s):
    """A share whose answer is on its way out and last moved at `moved_s`, and what is called to give it up."""
    share, given_up = pool.share(), []
    share.need(size_bytes, never)
    share.leaves(lambda: given_up.append(share))
    share.moved_s = moved_s
    return share, given_up


def test_the_answer_that_was_stalled_longest_gives_way_to_who_waits_and_no_other_before_it_is_gone():
    pool, now_s = MemoryPool(90 * MIB), time.monotonic()
    answers = [leaving(pool, 30 * MIB, now_s - ago_s) for ago_s in (20, 30, 1)]
    called, looks = [given_up for _, given_up in answers], []

    def look():
        looks.append([len(given_up) for given_up in called])
        if len(looks) == 2:
            answers[1][0].release()
        if len(looks) == 4:
            answers[0][0].release()

    pool.share().need(60 * MIB, look)
    assert looks == [[0, 1, 0], [0, 1, 0], [1, 1, 0], [1, 1, 0]]


def test_an_answer_that_moves_is_waited_for():
    pool = MemoryPool(40 * MIB)
    share, given_up = leaving(pool, 30 * MIB, 0.0)
    share.moved()
    pool.share().need(20 * MIB, share.release)
    assert given_up == []


def test_nobody_who_waits_means_nobody_is_hurried():
    pool = MemoryPool(40 * MIB)
    _, given_up = leaving(pool, 30 * MIB, -1e9)
    pool.share().need(5 * MIB, never)
    assert given_up == []


def test_waiting_ends_with_the_time_of_the_query():
    pool = MemoryPool(100 * MIB)
    first = pool.share()
    first.need(80 * MIB, never)

    def out_of_time():
        raise QueryTimeoutError("late")

    with pytest.raises(QueryTimeoutError):
        pool.share().need(30 * MIB, out_of_time)
    assert pool.held_bytes == 80 * MIB


def test_two_that_would_wait_for_each_other_do_not():
    pool = MemoryPool(100 * MIB)
    first, second = pool.share(), pool.share()
    first.need(40 * MIB, never)
    second.need(40 * MIB, never)
    waits, let_go = threading.Event(), threading.Event()

    def give_way():
        waits.set()
        if let_go.is_set():
            raise QueryTimeoutError("late")

    def grow_first():
        with pytest.raises(QueryTimeoutError):
            first.need(80 * MIB, give_way)

    thread = threading.Thread(target=grow_first)
    thread.start()
    waits.wait(10)
    with pytest.raises(MemoryBusyError, match=r"80 MiB of the 100 MiB .*query.memory") as busy:
        while True:
            second.need(70 * MIB, lambda: None)
    let_go.set()
    thread.join(10)
    assert busy.value.kind == "unavailable"


def test_a_small_query_finds_memory_when_all_is_held():
    pool = MemoryPool(100 * MIB)
    large = pool.share()
    large.need(100 * MIB, never)
    small = pool.share()
    small.need(2 * MIB, never)
    assert pool.held_bytes == 102 * MIB


def test_a_small_answer_on_its_way_out_takes_nothing():
    pool = MemoryPool(100 * MIB)
    share = pool.share()
    share.need(MIB, never)
    share.keep_only(1000)
    assert pool.held_bytes == 0


def test_a_budget_draws_on_the_share_of_its_thread():
    pool = MemoryPool(0)
    share = pool.share()
    with using(share):
        assert current_share() is share
        budget = Budget(10**9, 60_000)
    with budget.holding(MIB):
        budget.allow(MIB)
    assert share.peak_bytes == 16 * MIB + CELL_BYTES * MIB
    budget.loading(64 * MIB)
    assert share.peak_bytes == 64 * MIB
    with budget.keeping(MIB):
        budget.loading(64 * MIB)
    assert share.peak_bytes == 80 * MIB
    assert budget.room == 10**9
    assert current_share() is not share


def test_written_labels_count():
    share = MemoryPool(8 * MIB).share()
    with using(share):
        budget = Budget(10, 60_000)
    budget.allow_text(6 * MIB)
    with pytest.raises(QueryLimitError, match=r"query\.memory"):
        budget.allow_text(6 * MIB)
