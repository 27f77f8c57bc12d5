"""Every kind of receiver, by the key of its entries: how they are read, and who sends to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from watchglass.alerting.notify.discord import DiscordNotifier, read_discord
from watchglass.alerting.notify.email import EmailNotifier, read_email
from watchglass.alerting.notify.msteamsv2 import TeamsNotifier, read_teams
from watchglass.alerting.notify.notifier import Notifier
from watchglass.alerting.notify.pagerduty import PagerDutyNotifier, read_pagerduty
from watchglass.alerting.notify.rendering import SendingContext
from watchglass.alerting.notify.slack import SlackNotifier, read_slack
from watchglass.alerting.notify.telegram import TelegramNotifier, read_telegram
from watchglass.alerting.notify.unsupported import Reader, UnsupportedNotifier, unsupported
from watchglass.alerting.notify.webhook import WebhookNotifier, read_webhook

Maker = Callable[[Any, SendingContext], Notifier]
"""Makes the sender of one entry, which its reader has read."""


class Receiver(NamedTuple):
    """One kind of receiver."""

    read: Reader
    make: Maker


def _unsupported(kind: str, *, send_resolved: bool = True) -> Receiver:
    return Receiver(unsupported(kind, send_resolved=send_resolved), UnsupportedNotifier)


RECEIVERS: Mapping[str, Receiver] = {
    "webhook_configs": Receiver(read_webhook, WebhookNotifier),
    "email_configs": Receiver(read_email, EmailNotifier),
    "pagerduty_configs": Receiver(read_pagerduty, PagerDutyNotifier),
    "opsgenie_configs": _unsupported("opsgenie"),
    "wechat_configs": _unsupported("wechat", send_resolved=False),
    "slack_configs": Receiver(read_slack, SlackNotifier),
    "victorops_configs": _unsupported("victorops"),
    "pushover_configs": _unsupported("pushover"),
    "sns_configs": _unsupported("sns"),
    "telegram_configs": Receiver(read_telegram, TelegramNotifier),
    "discord_configs": Receiver(read_discord, DiscordNotifier),
    "webex_configs": _unsupported("webex"),
    "msteams_configs": _unsupported("msteams"),
    "msteamsv2_configs": Receiver(read_teams, TeamsNotifier),
    "jira_configs": _unsupported("jira"),
    "incidentio_configs": _unsupported("incidentio"),
    "rocketchat_configs": _unsupported("rocketchat", send_resolved=False),
    "mattermost_configs": _unsupported("mattermost"),
}
"""In the order in which Alertmanager builds a receiver's integrations."""
