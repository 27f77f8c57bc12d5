"""Units by Grafana's names."""

import pytest

from watchglass.dashboards.normalise.units import is_named, modern_unit


@pytest.mark.parametrize("unit", ["pfarad", "ffarad", "dBm", "decpbytes", "Tbits", "currencyCHF", "suffix:req"])
def test_names_are_known(unit):
    assert is_named(unit)


def test_no_two_ran_together():
    assert not is_named("pfaradffarad")


@pytest.mark.parametrize(("old", "unit"), [("us", "µs"), ("USD", "currencyUSD"), ("req/s", "req/s"), ("s", "s")])
def test_old_spellings_mean_what_they_mean_now(old, unit):
    assert modern_unit(old) == unit
