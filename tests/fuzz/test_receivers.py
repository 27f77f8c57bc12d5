"""Receivers' entries of any shape, and answers of any kind: nothing but the errors that are meant for them."""

from __future__ import annotations

import json

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from notify_support import context, notice, read

from watchglass.alerting.notify.answers import Answer
from watchglass.alerting.notify.fields import url_fault
from watchglass.alerting.notify.globals import GLOBAL, read_global
from watchglass.alerting.notify.inline import render_tree
from watchglass.alerting.notify.mail import addresses, encode_header
from watchglass.alerting.notify.notifier import NotifyError
from watchglass.alerting.notify.placeholders import is_placeholder
from watchglass.alerting.notify.table import RECEIVERS
from watchglass.errors import ConfigError
from watchglass.wire.schema import Context
from watchglass.wire.yaml import parse_yaml

steady = settings(deadline=None, derandomize=True, max_examples=300, database=None)
KINDS = [key.removesuffix("_configs") for key in RECEIVERS]
KEYS = st.sampled_from(
    ["api_url", "app_token", "url", "url_file", "to", "from", "smarthost", "headers", "threading", "routing_key", "details",
     "images", "links", "fields", "actions", "chat_id", "bot_token", "parse_mode", "webhook_url", "http_config", "tls_config",
     "send_resolved", "timeout", "max_alerts", "payload", "title", "text", "oauth2", "basic_auth", "confirm", "short", "x"]
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["http://x", "https://[::1", "a:1", "1h", "YOUR_KEY", "{{ .Status }}", "{{", "\x00", "::"])
)
TREES = st.recursive(
    SCALARS, lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(KEYS, deeper, max_size=5), max_leaves=12
)
SENT = {
    "slack": "{api_url: 'http://x/s3cret'}",
    "webhook": "{url: 'http://x/s3cret'}",
    "pagerduty": "{routing_key: s3cret}",
    "telegram": "{bot_token: s3cret, chat_id: 1}",
    "discord": "{webhook_url: 'http://x/s3cret'}",
    "msteamsv2": "{webhook_url: 'http://x/s3cret'}",
}
BODIES = st.binary(max_size=200) | TREES.map(lambda tree: json.dumps(tree, default=str).encode())


def as_yaml(tree) -> str:
    return yaml.safe_dump(tree, allow_unicode=True)


@steady
@given(st.sampled_from(KINDS), st.dictionaries(KEYS, TREES, max_size=8))
def test_an_entry_of_any_shape_is_read_or_refused(kind, tree):
    try:
        config = read(kind, as_yaml(tree))
    except ConfigError:
        return
    assert isinstance(config.disabled(), str)


@steady
@given(st.dictionaries(st.sampled_from(sorted(GLOBAL)), TREES, max_size=6))
def test_a_global_section_of_any_shape_is_read_or_refused(tree):
    try:
        read_global(parse_yaml(as_yaml(tree)), "global", Context())
    except ConfigError:
        return


@steady
@given(
    st.sampled_from(sorted(SENT)),
    st.integers(100, 999),
    BODIES,
    st.sampled_from(["application/json", "", "text/plain"]),
    st.text(max_size=12),
)
def test_an_answer_of_any_kind_means_something(kind, status, body, content_type, retry_after):
    notifier = RECEIVERS[f"{kind}_configs"].make(read(kind, SENT[kind]), context())
    try:
        notifier.judge(Answer(status, body, content_type, retry_after, 0), notice())
    except NotifyError as error:
        told, after_ms = str(error), error.after_ms
    else:
        return
    assert after_ms is None or 0 <= after_ms <= 3_600_000
    assert "\n" not in told


@steady
@given(st.text(max_size=300))
def test_a_header_is_ascii_and_ends_where_it_ends(value):
    encoded = encode_header(value)

    assert encoded.isascii()
    assert all(line.startswith((" ", "\t")) for line in encoded.split("\r\n")[1:])
    assert not {"\r", "\n"} & set(encoded.replace("\r\n", ""))


@steady
@given(st.text(alphabet=st.sampled_from('a@.,<>"; \r\n\\()[]:é'), max_size=40))
def test_an_address_has_nothing_that_a_command_could_end_with(text):
    try:
        found = addresses(text, "to")
    except NotifyError:
        return
    assert not any(set(address) & set(" \r\n<>,") for address in found if not address.startswith('"'))


@steady
@given(st.text(max_size=60))
def test_texts_of_any_kind_are_looked_at(text):
    assert isinstance(is_placeholder(text), bool)
    assert isinstance(url_fault(text), str)
    assert render_tree({"a": [text]}, str).keys() == {"a"}
