"""Keeping what comes in label values from calling people: `<!channel>`, `<@U1>`, `@everyone`.

Alertmanager passes them on. Where an annotation holds one, it stays if the rule's author wrote it, which is where no label of
the same alert has it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from watchglass.alerting.notify.notifier import Notice
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels

_OPENING = re.compile(r"<(?=[!@#]|\Z)")
_SEQUENCE = re.compile(r"<[!@#][^<>]*>?")
_AT = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
_ZERO_WIDTH = "\u200b"


def tamed(notice: Notice, *, names: bool = False) -> Notice:
    """The notification with control sequences in label values made plain text.

    Args:
        notice: as it was decided.
        names: bare names such as `@everyone` call people, too.
    """
    alerts = [_tamed_alert(alert, names=names) for alert in notice.alerts]
    if all(new is old for new, old in zip(alerts, notice.alerts, strict=True)):
        return notice
    group = _tamed_labels(notice.group_labels, names=names)
    return replace(notice, alerts=alerts, group_labels=group)


def _tamed_alert(alert: Alert, *, names: bool) -> Alert:
    if not any("<" in value or (names and "@" in value) for _, value in alert.labels):
        return alert
    values = [value for _, value in alert.labels]
    annotations = Labels((name, _without(text, values, names=names)) for name, text in alert.annotations)
    return replace(alert, labels=_tamed_labels(alert.labels, names=names), annotations=annotations)


def _tamed_labels(labels: Labels, *, names: bool) -> Labels:
    return Labels((name, _plain(value, names=names)) for name, value in labels)


def _plain(value: str, *, names: bool) -> str:
    value = _OPENING.sub("&lt;", value)
    return _AT.sub(f"@{_ZERO_WIDTH}", value) if names else value


def _without(text: str, values: list[str], *, names: bool) -> str:
    """An annotation less the sequences that stand in a label's value."""
    found = {each for value in values for each in _SEQUENCE.findall(value)}
    found |= {word for value in values for word in re.findall(r"@\w+", value)} if names else set()
    for sequence in sorted(found, key=len, reverse=True):
        text = text.replace(sequence, _plain(sequence, names=names))
    return text
