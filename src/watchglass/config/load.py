"""Brings the settings together: defaults, then `watchglass.yml`, then the environment, then flags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from watchglass.config.flags import FlagError
from watchglass.config.settings import FOREIGN_ENVIRONMENT, Invocation, Row, Settings, rows, rows_by_name
from watchglass.errors import ConfigError
from watchglass.wire.faults import Faults

if TYPE_CHECKING:
    from watchglass.wire.yaml import Node

SETTINGS_FILE = "watchglass.yml"
CONFIG_FILE = "prometheus.yml"
_FLAG = "flag "


@dataclass(frozen=True, slots=True)
class _Given:
    """One setting as one source gives it."""

    row: Row
    texts: Sequence[str]
    origin: str
    folder: Path
    path: str = ""
    line: int = 0


def load_settings(invocation: Invocation) -> Settings:
    """Read every source in the order of precedence.

    Raises:
        ConfigError: a source is wrong; the message says which, and what was meant.
    """
    overrides = [*_from_environment(invocation), *_from_flags(invocation)]
    path = _settings_path(invocation, overrides)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    faults = Faults()
    for given in [*(_from_file(path, faults) if path else ()), *overrides]:
        with faults.kept():
            values[given.row.attribute] = _parse(given)
            origins[given.row.name] = given.origin
    faults.check()
    if "config" not in values and (invocation.folder / CONFIG_FILE).is_file():
        values["config"] = str(invocation.folder / CONFIG_FILE)
        origins["config"] = "found in the working folder"
    values.setdefault("data", str(invocation.folder / "data"))
    notices = tuple(_notices(invocation, values))
    settings = Settings(**values, path=str(path or ""), origins=origins, notices=notices, invocation=invocation)
    _check_together(settings)
    return settings


def _settings_path(invocation: Invocation, overrides: Sequence[_Given]) -> Path | None:
    """The named file, or `watchglass.yml` beside the configuration, or in the working folder."""
    named = invocation.settings_file or invocation.environment.get("WATCHGLASS_SETTINGS", "")
    if named:
        return invocation.folder / named
    config = next((str(_parse(given)) for given in reversed(overrides) if given.row.name == "config"), "")
    beside = (Path(config).parent if config else invocation.folder) / SETTINGS_FILE
    return beside if beside.is_file() else None


def _from_flags(invocation: Invocation) -> Iterator[_Given]:
    table = rows_by_name()
    for name, texts in invocation.flags.items():
        flag = invocation.flag_names.get(name, table[name].flags[0])
        yield _Given(table[name], texts, _FLAG + flag, invocation.folder)


def _from_environment(invocation: Invocation) -> Iterator[_Given]:
    for row in rows():
        name = row.env if row.env in invocation.environment or not row.variable else row.variable
        text = invocation.environment.get(name)
        if text is not None:
            texts = [part.strip() for part in text.split(",") if part.strip()] if row.kind.is_list else [text]
            yield _Given(row, texts, f"environment {name}", invocation.folder)


def _from_file(path: Path, faults: Faults) -> Iterator[_Given]:
    from watchglass.wire.yaml import load_yaml_file  # noqa: PLC0415 - PyYAML is only needed where there is a file

    for row, node in _flatten(load_yaml_file(path), "", _sections(), faults):
        with faults.kept():
            texts = node.texts(row.name) if row.kind.is_list else [node.text(row.name)]
            yield _Given(row, texts, f"{path.name}:{node.line}", path.parent, str(path), node.line)


def _sections() -> set[str]:
    return {row.name.rpartition(".")[0] for row in rows()} - {""}


def _flatten(node: Node, prefix: str, sections: set[str], faults: Faults) -> Iterator[tuple[Row, Node]]:
    """Leaves of nested mappings; `web: {port: 1}` and `web.port: 1` are the same."""
    pairs: list[tuple[Node, Node]] = []
    with faults.kept():
        pairs = node.pairs(prefix)
    for key, value in pairs:
        name = f"{prefix}.{key.value}" if prefix else key.value
        row = rows_by_name().get(name)
        if row is not None:
            yield from () if value.is_null else ((row, value),)
        elif name in sections:
            yield from _flatten(value, name, sections, faults)
        else:
            near = get_close_matches(name, [*rows_by_name(), *sections], 1, 0.5)
            faults.add(key.error("unknown setting" + (f"; did you mean {near[0]}?" if near else ""), name))


def _parse(given: _Given) -> Any:
    kind = given.row.kind
    try:
        values = [kind.parse(text) for text in given.texts]
    except ValueError as error:
        raise _wrong(given, str(error)) from None
    if kind.is_path:
        values = [str(given.folder / str(value)) if value else "" for value in values]
    if kind.resolve is not None:
        values = [kind.resolve(given.folder, str(value)) for value in values]
    return tuple(values) if kind.is_list else values[-1]


def _wrong(given: _Given, message: str) -> ConfigError:
    if given.path:
        return ConfigError(message, path=given.path, line=given.line, key=given.row.name)
    return (FlagError if given.origin.startswith(_FLAG) else ConfigError)(f"{given.origin}: {message}")


def _check_together(settings: Settings) -> None:
    if bool(settings.web_tls_cert) != bool(settings.web_tls_key):
        raise _at_odds(settings, "web.tls_cert and web.tls_key are only of use together: set both or none")
    if settings.sources_prometheus_bearer_token_file and settings.sources_prometheus_basic_auth_user:
        raise _at_odds(
            settings,
            "sources.prometheus.bearer_token_file and sources.prometheus.basic_auth_user exclude each other",
        )
    if settings.sources_prometheus_basic_auth_user and not settings.sources_prometheus_basic_auth_password_file:
        raise _at_odds(
            settings,
            "sources.prometheus.basic_auth_user has no password: set sources.prometheus.basic_auth_password_file"
            " (to an empty file where the password is empty)",
        )
    if settings.sources_prometheus_basic_auth_password_file and not settings.sources_prometheus_basic_auth_user:
        raise _at_odds(
            settings,
            "sources.prometheus.basic_auth_password_file is of no use without sources.prometheus.basic_auth_user",
        )
    if not settings.web_listen:
        raise _at_odds(settings, "web.listen is empty: name at least one address, such as 127.0.0.1:9090")


def _at_odds(settings: Settings, message: str) -> ConfigError:
    """An error of several settings, at the place of the first one that was set."""
    named = [name for name in re.findall(r"[a-z_]+(?:\.[a-z_]+)+", message) if name in settings.origins]
    place = f"{settings.origins[named[0]]}: " if named else ""
    typed = any(settings.origins[name].startswith(_FLAG) for name in named)
    return (FlagError if typed else ConfigError)(place + message)


def _notices(invocation: Invocation, values: Mapping[str, Any]) -> Iterator[str]:
    for name, instead in FOREIGN_ENVIRONMENT.items():
        if invocation.environment.get(name):
            yield f"environment {name} is accepted and has no effect yet: {instead}"
    yield from _misspelt(invocation.environment)
    user = urlsplit(values.get("sources_prometheus_url", ""))
    if user.username and not user.password:
        yield "the user in sources.prometheus.url has no password: write http://USER:PASSWORD@HOST:PORT"
    for flag in invocation.ignored:
        yield f"flag {flag} is accepted and has no effect"


def _misspelt(environment: Mapping[str, str]) -> Iterator[str]:
    prefix = "WATCHGLASS_"
    known = {row.env.removeprefix(prefix) for row in rows()} | {"SETTINGS"}
    for name in environment:
        word = name.removeprefix(prefix)
        near = get_close_matches(word, known, 1, 0.75) if word not in known and name.startswith(prefix) else []
        if near:
            yield f"environment {name} is not a setting; did you mean {prefix}{near[0]}?"
