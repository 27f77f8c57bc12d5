"""Who is next: whoever has used least; cheap work first; nobody's absence or crowd counts for or against them."""

from collections import Counter
from itertools import count

from watchglass.serve.fair_queue import MAX_CLIENTS, MAX_LANES, FairQueue, Key

A, B, C = Key("a"), Key("b"), Key("c")


def filled(*items):
    queue = FairQueue()
    for key, item, cheap in items:
        queue.push(key, item, cheap=cheap)
    return queue


def taken(queue, seconds, *, count=100):
    """Items in the order in which they are taken, each using `seconds` of its lane, named by its first letter."""
    order = []
    while len(order) < count and (item := queue.pop()) is not None:
        queue.charge(Key(item[0]), seconds[item[0]])
        order.append(item)
    return order


def test_clients_take_turns_however_many_one_has_waiting():
    queue = filled(*((A, f"a{n}", False) for n in range(4)), (B, "b0", False), (C, "c0", False))
    assert taken(queue, {"a": 1, "b": 1, "c": 1}) == ["a0", "b0", "c0", "a1", "a2", "a3"]


def test_turns_are_by_time_used_not_by_number():
    items = [(key, f"{key.client}{n}", False) for n in range(6) for key in (A, B)]
    assert taken(filled(*items), {"a": 3, "b": 1}, count=8) == ["a0", "b0", "b1", "b2", "a1", "b3", "b4", "b5"]


def test_within_a_lane_cheap_goes_before_heavy():
    queue = filled((A, "heavy", False), (A, "cheap", True), (A, "cheap too", True))
    assert [queue.pop() for _ in range(4)] == ["cheap", "cheap too", "heavy", None]


def test_the_place_for_cheap_work_is_not_for_heavy():
    queue = filled((A, "heavy", False), (B, "cheap", True))
    assert [queue.pop(cheap_only=True) for _ in range(2)] == ["cheap", None]
    assert queue.pop() == "heavy"


def test_the_place_for_cheap_work_is_not_for_those_who_used_much():
    queue = filled((A, "a0", True), (A, "a1", True), (B, "b0", True))
    assert queue.pop(cheap_only=True) == "a0"
    queue.charge(A, 60)
    assert [queue.pop(cheap_only=True) for _ in range(2)] == ["b0", None]
    assert queue.pop() == "a1"


def test_dashboards_of_one_client_share_what_the_client_gets():
    queue = FairQueue()
    one, two = Key("a", "one"), Key("a", "two")
    for n in range(10):
        for key in (one, two, B):
            queue.push(key, (key, n), cheap=False)
    order = []
    while (item := queue.pop()) is not None:
        queue.charge(item[0], 1)
        order.append(item[0])
    assert order[:15].count(B) == 7
    assert order[:15].count(one) == order[:15].count(two) == 4


def test_who_comes_late_is_not_owed_the_time_before():
    queue = filled(*((A, f"a{n}", False) for n in range(9)))
    assert taken(queue, {"a": 1}, count=5) == ["a0", "a1", "a2", "a3", "a4"]
    for n in range(4):
        queue.push(B, f"b{n}", cheap=False)
    assert sorted(taken(queue, {"a": 1, "b": 1}, count=5)) == ["a5", "a6", "b0", "b1", "b2"]


def test_what_is_removed_is_not_taken():
    queue = filled((A, "a0", False), (A, "a1", True))
    assert queue.remove(A, "a1")
    assert not queue.remove(A, "a1")
    assert not queue.remove(B, "b0")
    assert (len(queue), list(queue), queue.pop(), len(queue)) == (1, ["a0"], "a0", 0)


def test_what_waits_is_listed_in_the_order_of_arrival():
    queue = filled((A, 1, False), (B, 2, True), (A, 3, True))
    assert list(queue) == [1, 2, 3]


def test_the_newest_of_who_has_most_makes_room_for_who_has_less():
    queue = filled(*((A, f"a{n}", False) for n in range(3)), (B, "b0", True))
    assert queue.newest_of_longest(C) == "a2"
    assert queue.newest_of_longest(A) is None
    assert filled((A, "a0", False)).newest_of_longest(C) is None


def test_when_all_is_done_nothing_is_remembered_and_otherwise_little():
    queue = filled((A, "a0", False))
    queue.pop()
    for number in range(MAX_CLIENTS + 50):
        served(queue, Key(str(number)), 5)
    for number in range(MAX_LANES + 50):
        served(queue, Key("a", str(number)), 5)
    assert len(queue._clients.members) <= MAX_CLIENTS + 1
    assert len(queue._clients.members["a"].lanes.members) <= MAX_LANES + 1
    queue.done(A)
    assert queue._clients.members == {}


def served(queue, key, seconds):
    """One item that waits, is taken, uses `seconds` and is done."""
    queue.push(key, "x", cheap=True)
    assert queue.pop() == "x"
    queue.charge(key, seconds)
    queue.done(key)


def test_a_new_name_for_each_query_is_no_advantage():
    queue, taken_by, names = FairQueue(), Counter(), count()
    honest = Key("honest", "board")
    for _ in range(2):
        queue.push(honest, honest, cheap=False)
        queue.push(key := Key("hostile", str(next(names))), key, cheap=False)
    for _ in range(200):
        key = queue.pop()
        queue.charge(key, 1)
        taken_by[key.client] += 1
        again = honest if key is honest else Key("hostile", str(next(names)))
        queue.push(again, again, cheap=False)
        queue.done(key)
    assert taken_by == {"honest": 100, "hostile": 100}
    assert len(queue._clients.members["hostile"].lanes.members) <= MAX_LANES + 3


def test_a_new_name_does_not_shed_debt():
    queue = filled((Key("a", "one"), "a0", True), (B, "b0", True))
    assert queue.pop(cheap_only=True) == "a0"
    queue.charge(Key("a", "one"), 60)
    queue.push(Key("a", "two"), "a1", cheap=True)
    assert [queue.pop(cheap_only=True) for _ in range(2)] == ["b0", None]


def test_who_is_alone_owes_nobody():
    queue = filled((Key("a", "one"), "a0", False))
    assert queue.pop() == "a0"
    queue.charge(Key("a", "one"), 60)
    queue.push(Key("a", "two"), "a1", cheap=True)
    assert queue.pop(cheap_only=True) == "a1"


def test_debt_outlasts_idleness():
    queue = filled((A, "a0", True), (B, "b0", True), (B, "b1", True))
    assert [queue.pop(), queue.pop()] == ["a0", "b0"]
    queue.charge(A, 60)
    queue.done(A)
    queue.push(Key("a", "new"), "a1", cheap=True)
    assert [queue.pop(), queue.pop()] == ["b1", "a1"]


def test_clients_may_be_left_only_their_cheap_work():
    queue = filled((A, "heavy a", False), (B, "heavy b", False), (A, "cheap a", True))
    assert [queue.pop(only_cheap_of={A.client}) for _ in range(3)] == ["heavy b", "cheap a", None]
    assert queue.pop() == "heavy a"
