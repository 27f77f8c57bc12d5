"""The log: one line a message, values as fields, counted by level."""

import io
import json
import logging

import pytest
from prometheus_client import CollectorRegistry

from watchglass.app.logs import configure_logging, set_level


@pytest.fixture
def logged():
    """Configure logging into a string; gives the stream and the registry. Puts everything back."""
    root = logging.getLogger()
    before = list(root.handlers), root.level, logging.getLogger("watchglass").level

    def configure(level, style):
        stream, registry = io.StringIO(), CollectorRegistry()
        configure_logging(level, style, registry, stream)
        return stream, registry

    yield configure
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    logging.getLogger("watchglass").setLevel(before[2])
    logging.captureWarnings(capture=False)


def test_text(logged):
    stream, registry = logged("info", "text")
    log = logging.getLogger("watchglass.test")
    log.info("hello %s", "you", extra={"count": 3, "path": "a b", "empty": ""})
    log.debug("unseen")
    line = stream.getvalue()
    assert line.endswith('info    watchglass.test: hello you count=3 path="a b" empty=""\n')
    assert line[23] == "Z"
    assert registry.get_sample_value("watchglass_log_messages_total", {"level": "info"}) == 1
    assert registry.get_sample_value("watchglass_log_messages_total", {"level": "error"}) == 0


def test_a_stranger_cannot_forge_a_line(logged):
    stream, _ = logged("info", "text")
    logging.getLogger("watchglass.test").info("got %s", "x\n2026 error forged", extra={"also": 'a"\nb'})
    assert stream.getvalue().count("\n") == 1


def test_json(logged):
    stream, _ = logged("info", "json")
    log = logging.getLogger("watchglass.test")
    log.warning("hello", extra={"count": 3, "thing": {1: object}})
    try:
        int("boom")
    except ValueError:
        log.exception("failed")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["level"], first["logger"], first["msg"], first["count"]) == ("warning", "watchglass.test", "hello", 3)
    assert "ValueError: invalid literal" in second["exception"]


def test_the_level_changes_while_running(logged):
    stream, _ = logged("error", "text")
    log = logging.getLogger("watchglass.test")
    log.info("unseen")
    set_level("debug")
    log.debug("seen")
    assert "unseen" not in stream.getvalue()
    assert "seen" in stream.getvalue()


def test_libraries_are_heard_when_they_warn(logged):
    stream, _ = logged("info", "text")
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("trouble")
    assert "chatter" not in stream.getvalue()
    assert "trouble" in stream.getvalue()
