"""Entries of receivers as they are read: defaults, what `global` gives, faults, and what only disables."""

from __future__ import annotations

from pathlib import Path

import pytest

import watchglass.packs
from watchglass.alerting.configuration import load_alertmanager_config
from watchglass.alerting.notify.globals import Global, read_global
from watchglass.alerting.notify.placeholders import is_placeholder
from watchglass.alerting.notify.table import RECEIVERS
from watchglass.errors import ConfigError
from watchglass.model.http import BasicAuth, Secret
from watchglass.wire.schema import Context
from watchglass.wire.yaml import parse_yaml

SMTP = "{smtp_smarthost: 'mail.example:587', smtp_from: am@example.org}"
HOOK = "https://hooks.slack.com/services/T1/B2/c3"


def global_of(text: str = "", context: Context | None = None) -> Global:
    return read_global(parse_yaml(text), "global", context or Context())


def read(kind: str, text: str, of_global: str = "", context: Context | None = None):
    context = context or Context()
    node = parse_yaml(text, "am.yml")
    return RECEIVERS[f"{kind}_configs"].read(node, f"receivers[0].{kind}_configs[0]", context, global_of(of_global))


def test_every_receiver_of_alertmanager_is_known():
    assert len(RECEIVERS) == 18
    assert [key for key in RECEIVERS if not key.endswith("_configs")] == []


def test_global_has_alertmanagers_defaults():
    found = global_of()

    assert found.resolve_timeout_ms == 300_000
    assert (found.smtp.hello, found.smtp.require_tls, found.smtp.smarthost) == ("localhost", True, ("", ""))
    assert found.pagerduty_url == "https://events.pagerduty.com/v2/enqueue"
    assert found.telegram_api_url == "https://api.telegram.org"
    assert found.slack_app_url == "https://slack.com/api/chat.postMessage"


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("slack", "{chanel: x}", 'unknown key "chanel"; did you mean "channel"?'),
        ("slack", f"{{api_url: '{HOOK}', api_url_file: x}}", "at most one of api_url & api_url_file"),
        ("slack", f"{{api_url: '{HOOK}', app_token: x}}", "at most one of api_url/api_url_file & app_token"),
        ("slack", "{api_url: 'ftp://x'}", 'unsupported scheme "ftp"'),
        ("slack", "{api_url: 'https:///x'}", "missing host for URL"),
        ("slack", "{api_url: 'https://[::1/x'}", "is not a URL"),
        ("slack", f"{{api_url: '{HOOK}', fields: [{{title: a}}]}}", "missing value in Slack field configuration"),
        ("slack", f"{{api_url: '{HOOK}', actions: [{{text: a}}]}}", "missing type in Slack action"),
        ("slack", f"{{api_url: '{HOOK}', actions: [{{type: a, text: b}}]}}", "missing name or url in Slack action"),
        ("slack", f"{{api_url: '{HOOK}', actions: [{{type: a, text: b, name: c, confirm: {{title: d}}}}]}}", "missing text"),
        ("slack", f"{{api_url: '{HOOK}', update_message: true}}", "update_message can only be used with bot tokens"),
        ("slack", "{app_token: x, http_config: {authorization: {credentials: y}}}", "can't be set when using Slack App"),
        ("slack", f"{{api_url: '{HOOK}', timeout: 10}}", None),
        ("slack", f"{{api_url: '{HOOK}', timeout: 10 s}}", 'expected a duration such as 10s or 1m30s, got "10 s"; did you mean "10s"?'),
        ("slack", f"{{api_url: '{HOOK}', timeout: 1 day}}", 'got "1 day"; did you mean "24h"?'),
        ("slack", f"{{api_url: '{HOOK}', http_config: {{proxy_ulr: x}}}}", 'did you mean "proxy_url"?'),
        ("webhook", "{}", "one of url or url_file must be configured"),
        ("webhook", "{url: 'http://x', url_file: y}", "at most one of url & url_file"),
        ("webhook", "{url: 'x'}", 'unsupported scheme ""'),
        ("webhook", "{url: 'http://x/{{ .Receiver }}'}", None),
        ("webhook", "{url: 'http://x', max_alerts: -1}", "from 0 up"),
        ("email", "{}", "missing to address in email config"),
        ("email", "{to: a, smarthost: b}", "expected HOST:PORT"),
        ("email", "{to: a, smarthost: '::1:25'}", "too many colons"),
        ("email", "{to: a, headers: {subject: x, Subject: y}}", 'duplicate header "Subject"'),
        ("email", '{to: a, headers: {"X: y\\r\\nBcc": x}}', "a header's name is of printable ASCII"),
        ("email", "{to: a, threading: {enabled: true}}", "must be either 'none' or 'daily'"),
        ("email", "{to: a, headers: {references: x}, threading: {enabled: true, thread_by_date: none}}", "conflicts"),
        ("pagerduty", "{}", "missing service or routing key"),
        ("pagerduty", "{routing_key: a, routing_key_file: b}", "at most one of routing_key & routing_key_file"),
        ("pagerduty", "{routing_key: a, details: [1]}", "expected a mapping"),
        ("telegram", "{bot_token: a}", "missing chat_id or chat_id_file"),
        ("telegram", "{bot_token: a, chat_id: 1, chat_id_file: x}", "at most one of chat_id & chat_id_file"),
        ("telegram", "{bot_token: a, chat_id: '1'}", "expected a whole number"),
        ("telegram", "{bot_token: a, chat_id: 1, parse_mode: html}", "must be Markdown, MarkdownV2, HTML or empty"),
        ("discord", "{}", "one of webhook_url or webhook_url_file"),
        ("discord", "{webhook_url: 'https://x', webhook_url_file: y}", "at most one of webhook_url & webhook_url_file"),
        ("msteamsv2", "{}", "one of webhook_url or webhook_url_file"),
        ("msteamsv2", "{webhook_url: 'https://x', summary: y}", 'unknown key "summary"'),
        ("opsgenie", "[]", "expected a mapping"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_with_its_place(kind, text, said):
    if said is None:
        assert read(kind, text, SMTP).disabled() == ""
        return
    with pytest.raises(ConfigError) as caught:
        read(kind, text, SMTP)

    assert said in str(caught.value)
    assert str(caught.value).startswith(f"am.yml:1: receivers[0].{kind}_configs[0]")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{slack_app_token: a, slack_app_token_file: b}", "at most one of slack_app_token & slack_app_token_file"),
        (f"{{slack_app_token: a, slack_api_url: '{HOOK}'}}", "at most one of slack_app_token/slack_app_token_file"),
        ("{smtp_smarthos: a}", 'did you mean "smtp_smarthost"?'),
        ("{opsgenie_api_key: a, opsgenie_api_key_file: b}", "at most one of opsgenie_api_key"),
        ("{resolve_timeout: 5}", "not a valid duration"),
    ],
)
def test_a_wrong_global_section_is_refused(text, said):
    with pytest.raises(ConfigError) as caught:
        global_of(text)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "text", "of_global", "why"),
    [
        ("slack", "{channel: '#a'}", "", "no api_url, nor slack_api_url in global"),
        ("slack", "{channel: '#a'}", "{slack_api_url: YOUR_SLACK_WEBHOOK_URL}", "api_url is a placeholder"),
        ("slack", "{api_url: 'https://hooks.slack.com/services/YOUR/SLACK/WEBHOOK'}", "", "api_url is a placeholder"),
        ("slack", "{api_url: ''}", "", "no api_url"),
        ("slack", "{app_token: xoxb-your-token}", "", "app_token is a placeholder"),
        ("slack", f"{{api_url: '{HOOK}', http_config: {{authorization: {{credentials: <token>}}}}}}", "", "http_config.authorization.credentials is a"),
        ("pagerduty", "{service_key: YOUR_PAGERDUTY_SERVICE_KEY}", "", "service_key is a placeholder"),
        ("pagerduty", "{routing_key: ''}", "", "routing_key is empty"),
        ("pagerduty", "{routing_key: '${PAGERDUTY_KEY}'}", "", "routing_key is a placeholder"),
        ("email", "{to: a@example.org}", "", "no smarthost, nor smtp_smarthost in global"),
        ("email", "{to: a@example.org, smarthost: 'a:25'}", "", "no from, nor smtp_from in global"),
        ("email", "{to: a@example.org, auth_username: u}", SMTP, "auth_username without auth_password or auth_secret"),
        ("email", "{to: a@example.org, auth_username: u, auth_password: YOUR_PASSWORD}", SMTP, "auth_password is a place"),
        ("telegram", "{chat_id: 1}", "", "no bot_token, nor telegram_bot_token in global"),
        ("telegram", "{chat_id: 1, bot_token: <secret>}", "", "bot_token is a placeholder"),
        ("discord", "{webhook_url: 'https://discord.com/api/webhooks/your-id/your-token'}", "", "webhook_url is a place"),
        ("webhook", "{url_file: /nowhere/at/all}", "", "url_file: cannot read /nowhere/at/all: No such file"),
        ("opsgenie", "{api_key: a, anything: at all}", "", "not supported here: opsgenie_configs"),
        ("msteams", "{webhook_url: 'https://x'}", "", "not supported here: msteams_configs"),
    ],
)  # fmt: skip
def test_what_is_missing_only_disables_its_receiver(kind, text, of_global, why):
    assert read(kind, text, of_global).disabled().startswith(why)


def test_a_secret_file_is_looked_at_each_time(tmp_path):
    config = read("slack", "{api_url_file: hook}", context=Context(folder=tmp_path))
    hook = tmp_path / "hook"

    assert "cannot read" in config.disabled()
    hook.write_text("")
    assert config.disabled() == f"api_url_file: {hook} is empty"
    hook.write_text("<webhook>\n")
    assert config.disabled() == f"api_url_file: {hook} holds a placeholder"
    hook.write_bytes(b"\xff\xfe")
    assert config.disabled() == f"api_url_file: {hook} is not UTF-8 text"
    hook.write_text(HOOK)
    assert config.disabled() == ""


def test_global_gives_what_an_entry_leaves_out():
    smtp = (
        "{smtp_smarthost: 'mail.example:465', smtp_from: am@example.org, smtp_hello: me, smtp_auth_username: u, "
        "smtp_auth_password: p, smtp_auth_identity: i, smtp_require_tls: false, smtp_tls_config: {server_name: s}, "
        "http_config: {basic_auth: {username: a, password: b}, proxy_url: 'http://p:1'}}"
    )
    mail = read("email", "{to: x@example.org}", smtp)
    own = read("email", "{to: x@example.org, smarthost: '[::1]:25', auth_password_file: f, require_tls: true}", smtp)

    assert (mail.smarthost, mail.sender, mail.hello, mail.implicit_tls) == (
        ("mail.example", "465"),
        "am@example.org",
        "me",
        True,
    )
    assert (mail.auth_username, mail.auth_password, mail.auth_identity) == ("u", Secret("p"), "i")
    assert (mail.require_tls, mail.tls.server_name) == (False, "s")
    assert mail.headers["To"] == "x@example.org"
    assert (own.smarthost, own.auth_password, own.require_tls, own.implicit_tls) == (
        ("::1", "25"),
        Secret(file="f"),
        True,
        False,
    )
    assert read("webhook", "{url: 'http://x'}", smtp).http.basic_auth == BasicAuth("a", Secret("b"))
    assert read("webhook", "{url: 'http://x', http_config: {}}", smtp).http.basic_auth is None
    assert read("msteamsv2", "{webhook_url: 'http://x', http_config: {}}", smtp).http.proxy_url == "http://p:1"


def test_a_bots_token_is_sent_as_slack_wants_it():
    config = read("slack", "{channel: '#a', update_message: true}", "{slack_app_token: xoxb-1}")

    assert config.http.authorization.credentials == Secret("xoxb-1")
    assert config.app_url == "https://slack.com/api/chat.postMessage"
    assert read("slack", f"{{api_url: '{HOOK}'}}", "{slack_app_token: xoxb-1}").app_token == Secret()


def test_details_of_pagerduty_are_added_to_the_usual_ones():
    config = read(
        "pagerduty", "{routing_key: a, client: c, details: {num_firing: '7', more: {deep: [1, yes, 1.5, null]}}}"
    )

    assert config.details["num_firing"] == "7"
    assert config.details["more"] == {"deep": [1, True, 1.5, None]}
    assert set(config.details) == {"firing", "resolved", "num_firing", "num_resolved", "more"}
    assert (config.texts["source"], config.texts["severity"]) == ("c", "error")


@pytest.mark.parametrize(
    ("kind", "text", "target"),
    [
        ("slack", "{api_url: 'https://hooks.slack.com/sesame', channel: '#ops'}", "#ops"),
        (
            "email",
            "{to: 'a@x.example, b@x.example', smarthost: 'm:25', from: 'w@x.example'}",
            "a@x.example, b@x.example",
        ),
        ("webhook", "{url: 'https://me:sesame@x.example:8443/sesame?sesame'}", "x.example:8443"),
        ("webhook", "{url: 'https://{{ .CommonLabels.host }}/sesame'}", ""),
        ("webhook", "{url_file: /nowhere}", ""),
        ("pagerduty", "{service_key: sesame}", "Events API v1"),
        ("pagerduty", "{routing_key: sesame}", "Events API v2"),
        ("telegram", "{bot_token: sesame, chat_id: -7}", "chat -7"),
        ("discord", "{webhook_url: 'https://discord.com/api/webhooks/sesame'}", ""),
        ("msteamsv2", "{webhook_url: 'https://x.example/sesame'}", ""),
    ],
)
def test_where_it_sends_is_told_without_secrets(kind, text, target):
    assert read(kind, text).target() == target


def test_no_secret_is_shown():
    context = Context()
    for kind, text in {
        "slack": f"{{api_url: '{HOOK}'}}",
        "webhook": "{url: 'http://x/s3cret'}",
        "telegram": "{chat_id: 1, bot_token: s3cret}",
        "sns": "{sigv4: {secret_key: s3cret}, list: [{token: s3cret}], http_config: {http_headers: {X: {values: [s3cret]}}}}",
    }.items():
        shown = repr(read(kind, text, context=context))
        assert "s3cret" not in shown
        assert "hooks" not in shown
    assert {node.value for node in context.secrets} == {HOOK, "http://x/s3cret", "s3cret"}
    with pytest.raises(ConfigError) as caught:
        read("discord", "{webhook_url: 'gopher://s3cret'}")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["YOUR_KEY", "your-api-key", "<token>", "${KEY}", "$KEY", "...", "xxxxxxxx", "changeme", "REPLACE_ME",
     "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "https://x/hook?key=YOUR_KEY",
     "https://discord.com/api/webhooks/<id>/<token>", "https://example.org/${TOKEN}"],
)  # fmt: skip
def test_stand_ins_are_told(text):
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    ["hunter2", "youre-it", "p$ssword", "$ecret1", "my-password", "change-is-good", "xoxb-123-abc", HOOK, "http://alerts.your-team.example/your-team/hook", "yourpassword",
     "https://example.org/notify/XX", "a<b>c"],
)  # fmt: skip
def test_what_looks_like_a_secret_is_taken_for_one(text):
    assert not is_placeholder(text)


PACKS = Path(watchglass.packs.__file__).parent


def test_the_guides_own_files_load_and_only_what_has_no_secret_is_disabled():
    hybrid = load_alertmanager_config(PACKS / "hybrid_ai_stack/as_written/routes.yaml")
    awareness = load_alertmanager_config(PACKS / "awareness_network/as_written/routes.yaml")

    assert [(each.receiver, each.integration, each.why) for each in hybrid.disabled] == [
        ("default", "email[0]", "auth_password is a placeholder"),
        ("critical-alerts", "email[0]", "no smarthost, nor smtp_smarthost in global"),
        ("critical-alerts", "slack[0]", "api_url is a placeholder"),
        ("warning-alerts", "slack[0]", "api_url is a placeholder"),
    ]
    assert [(each.receiver, each.integration, each.why) for each in awareness.disabled] == [
        ("slack", "slack[0]", "api_url is a placeholder"),
        ("pagerduty", "pagerduty[0]", "service_key is a placeholder"),
    ]


@pytest.mark.parametrize("pack", ["hybrid_ai_stack", "awareness_network"])
def test_a_pack_sends_once_its_secrets_are_there(pack, tmp_path):
    routes = tmp_path / "routes.yaml"
    routes.write_text((PACKS / pack / "routes.yaml").read_text())
    assert load_alertmanager_config(routes).disabled
    (tmp_path / "secrets").mkdir()
    secrets = {"smtp_password": "p", "slack_api_url": HOOK, "pagerduty_service_key": "k"}
    for name, secret in secrets.items():
        (tmp_path / "secrets" / name).write_text(f"{secret}\n")

    assert not load_alertmanager_config(routes).disabled
