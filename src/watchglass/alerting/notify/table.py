"""Every kind of receiver, by the key of its entries: how they are read, and who sends to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from watchglass.alerting.notify.discord import read_discord
from watchglass.alerting.notify.email import read_email
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.integration import IntegrationConfig
from watchglass.alerting.notify.msteamsv2 import read_teams
from watchglass.alerting.notify.pagerduty import read_pagerduty
from watchglass.alerting.notify.slack import read_slack
from watchglass.alerting.notify.telegram import read_telegram
from watchglass.alerting.notify.unsupported import read_unsupported
from watchglass.alerting.notify.webhook import read_webhook
from watchglass.wire.schema import Context
from watchglass.wire.yaml import Node

Reader = Callable[[Node, str, Context, Global], IntegrationConfig]
"""Reads one entry, given its node, its dotted key, what parsers share, and the `global` section; raises ConfigError."""


class Receiver(NamedTuple):
    """One kind of receiver."""

    read: Reader


def _unsupported(kind: str) -> Receiver:
    return Receiver(partial(read_unsupported, kind))


RECEIVERS: Mapping[str, Receiver] = {
    "webhook_configs": Receiver(read_webhook),
    "email_configs": Receiver(read_email),
    "pagerduty_configs": Receiver(read_pagerduty),
    "slack_configs": Receiver(read_slack),
    "telegram_configs": Receiver(read_telegram),
    "discord_configs": Receiver(read_discord),
    "msteamsv2_configs": Receiver(read_teams),
    "opsgenie_configs": _unsupported("opsgenie"),
    "wechat_configs": _unsupported("wechat"),
    "victorops_configs": _unsupported("victorops"),
    "pushover_configs": _unsupported("pushover"),
    "sns_configs": _unsupported("sns"),
    "webex_configs": _unsupported("webex"),
    "msteams_configs": _unsupported("msteams"),
    "jira_configs": _unsupported("jira"),
    "incidentio_configs": _unsupported("incidentio"),
    "rocketchat_configs": _unsupported("rocketchat"),
    "mattermost_configs": _unsupported("mattermost"),
}
"""In the order in which Alertmanager numbers a receiver's integrations."""
