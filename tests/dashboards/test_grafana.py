"""Small things that every reader and maker of dashboards needs."""

import pytest

from watchglass.dashboards.grafana import ref_id, safe_uid


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")])
def test_letters(index, letters):
    assert ref_id(index) == letters


def test_safe_uids_keep_what_is_safe():
    assert safe_uid("auto-chat_app") == "auto-chat_app"
    assert safe_uid("a b") != safe_uid("a/b")
