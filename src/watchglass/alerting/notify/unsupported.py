"""Receivers that Alertmanager has and we do not: their entries load, and are told as not supported."""

from __future__ import annotations

import re

from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.integration import IntegrationConfig
from watchglass.wire.schema import Context, Parser, boolean
from watchglass.wire.yaml import Node

_SECRET = re.compile(r"(?:key|token|token_id|secret|password|url|credentials|values|secrets)$", re.IGNORECASE)


def read_unsupported(kind: str, node: Node, key: str, context: Context, global_: Global) -> IntegrationConfig:
    """Read an entry as far as it concerns us; whatever may be a secret is hidden."""
    del global_
    pairs = {name.value: value for name, value in node.pairs(key)}
    _hide(node, context)
    send_resolved = _if_given(pairs.get("send_resolved"), f"{key}.send_resolved", context, boolean)
    return IntegrationConfig(
        kind=kind, send_resolved=bool(send_resolved), missing=f"not supported here: {kind}_configs"
    )


def _if_given(node: Node | None, key: str, context: Context, parser: Parser) -> object:
    return None if node is None or node.is_null else parser(node, key, context)


def _hide(node: Node, context: Context, *, is_secret: bool = False) -> None:
    if node.is_mapping:
        for name, value in node.pairs():
            _hide(value, context, is_secret=bool(_SECRET.search(name.value)))
    elif not node.is_scalar:
        for item in node.items():
            _hide(item, context, is_secret=is_secret)
    elif is_secret:
        context.secrets.append(node)
