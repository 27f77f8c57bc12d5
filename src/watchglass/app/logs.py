"""The process's own log: one readable line or one JSON object a message, on standard error, counted by level.

Structured values come as `extra={...}` of a log call and are written as fields; nothing is formatted into the text.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from prometheus_client import CollectorRegistry, Counter

LEVELS = ("debug", "info", "warning", "error", "critical")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure_logging(
    level: str, style: str, registry: CollectorRegistry | None, stream: TextIO | None = None
) -> logging.Handler:
    """Send everything logged under `watchglass`, and warnings of libraries, to one stream.

    Args:
        level: the least severe level to write, one of LEVELS; levels are counted whether written or not.
        style: `text` or `json`.
        registry: where the messages are counted.
        stream: standard error unless given.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    handler.addFilter(_Counting(registry))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    set_level(level)
    logging.captureWarnings(capture=True)
    return handler


def set_level(level: str) -> None:
    """Change the level while running."""
    logging.getLogger("watchglass").setLevel(level.upper())


class _Counting(logging.Filter):
    """Counts what is logged; lets everything pass."""

    def __init__(self, registry: CollectorRegistry | None) -> None:
        super().__init__()
        messages = Counter("watchglass_log_messages", "Messages written to the log.", ["level"], registry=registry)
        self._by_level = {name: messages.labels(name) for name in LEVELS}

    def filter(self, record: logging.LogRecord) -> bool:
        counter = self._by_level.get(record.levelname.lower())
        if counter is not None:
            counter.inc()
        return True


class TextFormatter(logging.Formatter):
    """`2026-11-21T09:51:33.123Z info watchglass.serve: message key=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback below it where there is one."""
        pairs = "".join(f" {name}={_quoted(value)}" for name, value in _fields(record).items())
        line = f"{_timestamp(record)} {record.levelname.lower():<7} {record.name}: {_one_line(record)}{pairs}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The object: ts, level, logger, msg, then the message's own fields."""
        import orjson  # noqa: PLC0415 - only this style needs it

        content: dict[str, Any] = {
            "ts": _timestamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "msg": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(content, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _timestamp(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _one_line(record: logging.LogRecord) -> str:
    # A line break in something that a stranger sent must not look like another message.
    return record.getMessage().replace("\r", "\\r").replace("\n", "\\n")


def _quoted(value: object) -> str:
    text = str(value)
    plain = text.isprintable() and not any(character in text for character in ' "=')
    return text if plain and text else '"' + text.encode("unicode_escape").decode().replace('"', '\\"') + '"'
