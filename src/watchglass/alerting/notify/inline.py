"""Trees of values whose texts are templates: what a text renders to may itself be YAML, and then stands as data.

Source: prometheus/alertmanager 0.34, template/template.go (DeepCopyWithTemplate, normalizeYAMLValue).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from watchglass.errors import ConfigError
from watchglass.wire.schema import Context, join
from watchglass.wire.yaml import Node, YamlLimits, parse_yaml

_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", re.ASCII)
_BASES = ((r"[-+]?0b[01]+", 2), (r"[-+]?0o?[0-7]+", 8), (r"[-+]?0x[0-9a-fA-F]+", 16), (r"[-+]?\d+", 10))
_LIMITS = YamlLimits(expanded_nodes=100_000)
_LONGEST_NUMBER = 60


def tree(node: Node, key: str, context: Context) -> Any:
    """A value of any shape, scalars typed as yaml.v2 does; a parser of configuration."""
    _note_templates(node, key, context)
    return plain(node)


def _note_templates(node: Node, key: str, context: Context) -> None:
    """All texts of a tree are templates, keys of mappings included."""
    if node.is_mapping:
        for name, value in node.pairs():
            context.template(name, key)
            _note_templates(value, join(key, name.value), context)
    elif node.is_scalar:
        context.template(node, key)
    else:
        for at, item in enumerate(node.items()):
            _note_templates(item, f"{key}[{at}]", context)


def plain(node: Node) -> Any:
    """The node as plain values; keys of mappings are text."""
    if node.is_mapping:
        return {name.value: plain(value) for name, value in node.pairs()}
    if node.is_null:
        return None
    if not node.is_scalar:
        return [plain(item) for item in node.items()]
    return _scalar(node.value) if node.plain else node.value


def _scalar(word: str) -> Any:
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    bare = word.replace("_", "")
    if len(bare) > _LONGEST_NUMBER:
        return word
    for pattern, base in _BASES:
        if re.fullmatch(pattern, bare, re.ASCII):
            number = int(bare.lower().replace("0o", "0"), base)
            return number if -(2**63) <= number < 2**64 else float(number)
    if _FLOAT.fullmatch(bare) and math.isfinite(float(bare)):
        return float(bare)
    return word


def render_tree(value: Any, render: Callable[[str], str]) -> Any:
    """The tree with every text, keys included, put through `render`; a text that is YAML of another kind becomes that.

    What the YAML holds is data, and is not rendered again.
    """
    if isinstance(value, str):
        return _inline(render(value))
    if isinstance(value, list):
        return [render_tree(item, render) for item in value]
    if isinstance(value, dict):
        return {render(key): render_tree(item, render) for key, item in value.items()}
    return value


def _inline(text: str) -> Any:
    try:
        value = plain(parse_yaml(text, limits=_LIMITS))
    except (ConfigError, RecursionError):
        return text
    return text if isinstance(value, str) else value
