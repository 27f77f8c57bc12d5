from watchglass.model.alert import Alert, fingerprint
from watchglass.model.labels import Labels


def test_the_fingerprint_is_alertmanagers():
    # As Debian's Alertmanager 0.25 answers them from /api/v2/alerts.
    assert f"{fingerprint(Labels.of(alertname='A')):016x}" == "d2c6efc389df0927"
    several = Labels.of(alertname="B", a="x y", instance="localhost:9090", z="é")
    assert f"{fingerprint(several):016x}" == "8ddfa3302995f2b2"


def test_an_alert_ends_at_its_end():
    alert = Alert(Labels.of(alertname="A"), Labels(), starts_ms=0, ends_ms=10, updated_ms=0)

    assert not alert.is_resolved(9)
    assert alert.is_resolved(10)
    assert alert.name == "A"
