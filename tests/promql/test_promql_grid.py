"""The evaluation grid."""

from watchglass.promql.grid import Grid


def test_the_end_belongs_to_a_grid_only_where_a_step_falls_on_it():
    assert Grid.spanning(0, 60, 20).times().tolist() == [0, 20, 40, 60]
    assert Grid.spanning(5, 60, 20).times().tolist() == [5, 25, 45]
    assert Grid.spanning(5, 60, 20).end_ms == 45


def test_a_grid_may_be_empty():
    assert Grid.spanning(10, 5, 20).count == 0
    assert Grid.spanning(10, 5, 20).first().count == 0


def test_shifting_and_the_first_step():
    assert Grid(100, 10, 3).shifted(40).times().tolist() == [60, 70, 80]
    assert Grid(100, 10, 3).first() == Grid(100, 10, 1)
