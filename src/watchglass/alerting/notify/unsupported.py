"""Receivers that Alertmanager has and we do not: their entries load, and are told as not supported."""

from __future__ import annotations

import re
from collections.abc import Callable

from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.integration import IntegrationConfig
from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.notify.rendering import SendingContext
from watchglass.wire.schema import Context, boolean
from watchglass.wire.yaml import Node

Reader = Callable[[Node, str, Context, Global], IntegrationConfig]
"""Reads one entry, given its node, its dotted key, what parsers share, and the `global` section; raises ConfigError."""

_SECRET = re.compile(r"(?:key|token|token_id|secret|password|url|credentials|values|secrets)$", re.IGNORECASE)


def unsupported(kind: str, *, send_resolved: bool) -> Reader:
    """A reader that reads an entry as far as it concerns us, and hides whatever may be a secret."""

    def read(node: Node, key: str, context: Context, global_: Global) -> IntegrationConfig:
        del global_
        told = next((value for name, value in node.pairs(key) if name.value == "send_resolved"), None)
        _hide(node, context)
        sends = send_resolved
        if told is not None and not told.is_null:
            sends = boolean(told, f"{key}.send_resolved", context)
        return IntegrationConfig(kind=kind, send_resolved=sends, missing=f"not supported here: {kind}_configs")

    return read


class UnsupportedNotifier:
    """Sends nothing, and says so."""

    def __init__(self, config: IntegrationConfig, context: SendingContext) -> None:
        del context
        self.sends_resolved = config.send_resolved
        self._why = config.missing

    async def notify(self, notice: Notice) -> None:
        """Raises NotifyError."""
        del notice
        raise NotifyError(f"disabled: {self._why}", retryable=False)

    async def close(self) -> None:
        """Nothing is kept open."""


def _hide(node: Node, context: Context, *, is_secret: bool = False) -> None:
    if node.is_mapping:
        for name, value in node.pairs():
            _hide(value, context, is_secret=bool(_SECRET.search(name.value)))
    elif not node.is_scalar:
        for item in node.items():
            _hide(item, context, is_secret=is_secret)
    elif is_secret:
        context.secrets.append(node)
