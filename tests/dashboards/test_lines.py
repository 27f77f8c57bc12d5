"""Lines of panels that fill the width."""

import pytest

from watchglass.dashboards.lines import lay_out


def sizes(stats=0, charts=0, tables=0):
    kinds = [("table", tables), ("timeseries", charts), ("stat", stats)]
    laid = lay_out([{"type": kind, "title": f"{kind}{n}"} for kind, count in kinds for n in range(count)])
    lines = []
    for part in laid:
        if part["flow"]["new"]:
            lines.append([])
        lines[-1].append((part["title"][0], part["flow"]["w"], part["flow"]["h"]))
    return lines


@pytest.mark.parametrize("stats", range(1, 14))
@pytest.mark.parametrize("charts", range(8))
@pytest.mark.parametrize("tables", range(3))
def test_every_line_fills_the_width_at_one_height(stats, charts, tables):
    for line in sizes(stats, charts, tables):
        assert sum(width for _, width, _ in line) == 24
        assert len({height for _, _, height in line}) == 1


def test_numbers_come_before_charts_before_tables():
    assert sizes(5, 4, 1) == [
        [("s", 4, 4), ("s", 5, 4), ("s", 5, 4), ("s", 5, 4), ("s", 5, 4)],
        [("t", 12, 7), ("t", 12, 7)],
        [("t", 12, 7), ("t", 12, 7)],
        [("t", 24, 5)],
    ]


def test_a_lone_chart_takes_the_whole_line():
    assert sizes(charts=1) == [[("t", 24, 7)]]


def test_a_lone_number_stands_beside_the_first_charts():
    assert sizes(stats=1, charts=4) == [[("s", 4, 7), ("t", 10, 7), ("t", 10, 7)], [("t", 12, 7), ("t", 12, 7)]]
    assert sizes(stats=1) == [[("s", 24, 4)]]
