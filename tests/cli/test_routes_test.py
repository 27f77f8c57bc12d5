"""`watchglass routes test`: which routes an alert takes, where they stand, and whether they tell of it at this time."""

from __future__ import annotations

import pytest

from watchglass.cli import main

CONFIG = """\
route:
  receiver: all
  group_by: [alertname]
  routes:
    - matchers: [severity="info"]
      receiver: all
      routes:
        - matchers: [team=~"web|api"]
          receiver: web
          mute_time_intervals: [never, always-quiet]
    - matchers: [severity="warning"]
      receiver: web
      active_time_intervals: [never]
    - matchers: [severity="critical"]
      receiver: web
      active_time_intervals: [always-quiet]
receivers: [{name: all}, {name: web}]
time_intervals:
  - name: always-quiet
    time_intervals: [{times: [{start_time: "00:00", end_time: "24:00"}]}]
  - name: never
    time_intervals: [{years: ["1999"]}]
"""


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (
            ["severity=info", "team=web"],
            (
                'web  by {}:8 {severity="info"} > {team=~"web|api"}  grouped by alertname  '
                "sends nothing now: mute_time_interval always-quiet"
            ),
        ),
        (
            ["severity=warning"],
            (
                'web  by {}:11 {severity="warning"}  grouped by alertname  '
                "sends nothing now: outside of active_time_interval never"
            ),
        ),
        (["severity=critical"], 'web  by {}:14 {severity="critical"}  grouped by alertname'),
        ([], "all  by {}:2 default-route  grouped by alertname"),
    ],
)
def test_a_route_is_told_with_its_place_and_whether_it_sends_now(tmp_path, capsys, labels, said):
    path = tmp_path / "alertmanager.yml"
    path.write_text(CONFIG)

    assert main(["routes", "test", str(path), *labels]) == 0
    assert capsys.readouterr().out == said.replace("{}", str(path), 1) + "\n"
