"""Why a template does not parse, in the words for who writes it."""

from __future__ import annotations

import pytest

from watchglass.errors import TemplateError
from watchglass.gotemplate.reason import reason

KNOWN = ["toUpper", "humanizePercentage", "$labels", "$value"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("template: :1: unclosed action", "unclosed action"),
        ("template: __alert_job:up:3: unexpected EOF", "line 3 of it: unexpected EOF"),
        ('template: x:1: function "toUper" not defined', 'function "toUper" not defined; did you mean "toUpper"?'),
        ('template: x:2: undefined variable "$label"', 'line 2 of it: undefined variable "$label"; did you mean "$labels"?'),
        ('template: x:1: function "nobody" not defined', 'function "nobody" not defined'),
        ("template: x: longer than 5 characters", "template: x: longer than 5 characters"),
    ],
)  # fmt: skip
def test_the_reason_is_without_gos_name_and_with_the_nearest_word(error, said):
    assert reason(TemplateError(error), KNOWN) == said
