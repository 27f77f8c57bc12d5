"""Every template of the five guides, as written and corrected, gives what promtool and amtool give."""

from __future__ import annotations

import alertmanager_oracle
import prometheus_oracle
import pytest
from test_alertmanager_templates import amtool, text_of
from test_prometheus_templates import expanded, promtool


def texts_in(part):
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        return [text for inner in part for text in texts_in(inner)]
    return [part] if isinstance(part, str) and "{{" in part else []


def all_of(seeds, section):
    return list(
        dict.fromkeys(text for system in seeds.values() if section in system for text in texts_in(system[section]))
    )


@promtool
def test_templates_of_the_guides_rules(seeds, tmp_path):
    texts = all_of(seeds, "alert_rules")
    assert len(texts) > 10

    assert [expanded(text) for text in texts] == prometheus_oracle.expanded(texts, tmp_path)


@amtool
def test_templates_of_the_guides_receivers(seeds, tmp_path):
    texts = all_of(seeds, "alertmanager")
    assert len(texts) >= 5

    assert {text: text_of(text) for text in texts} == alertmanager_oracle.all_rendered(texts, tmp_path)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.0, "0|0|0%|0s"),
        (0.0512, "0.0512|51.2m|5.12%|51.2ms"),
        (1.0, "1|1|100%|1s"),
        (73.256, "73.256|73.26|7326%|1m 13s"),
        (3725.5, "3725.5|3.725k|3.726e+05%|1h 2m 5s"),
        (float("nan"), "NaN|NaN|NaN%|NaN"),
        (float("inf"), "+Inf|+Inf|+Inf%|+Inf"),
    ],
)
def test_values_are_written_for_people(value, wanted):
    template = "{{ $value }}|{{ $value | humanize }}|{{ $value | humanizePercentage }}|{{ $value | humanizeDuration }}"

    assert expanded(template, value=value) == wanted
