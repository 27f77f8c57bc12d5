"""Variables in external labels, as Go's os.Expand reads them."""

import pytest

from watchglass.config.expand import expand_variables


@pytest.mark.parametrize(
    ("text", "expanded", "empty"),
    [
        ("plain", "plain", []),
        ("$A-${A}", "a-a", []),
        ("$A_B", "", ["A_B"]),
        ("$$A", "$A", []),
        ("5$", "5$", []),
        ("$ x", "$ x", []),
        ("$1", "", ["1"]),
        ("${}", "", []),
        ("${A", "A", []),
        ("${none}", "", ["none"]),
        ("${$}", "$", []),
        ("ä$Aö", "äaö", []),
        ("", "", []),
    ],
)
def test_expansion(text, expanded, empty):
    assert expand_variables(text, {"A": "a"}) == (expanded, empty)
