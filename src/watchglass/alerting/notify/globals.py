"""The `global` section: what receivers take where they do not say it themselves.

Source: prometheus/alertmanager 0.34, config/config.go (GlobalConfig, DefaultGlobalConfig, Config.UnmarshalYAML).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from watchglass.alerting.notify.fields import host_port, http_config, http_url, secret_of, secret_url, with_file
from watchglass.model.http import DEFAULT_TLS, NO_SECRET, HttpOptions, Secret, TlsOptions
from watchglass.wire.http_client import TLS, check_tls
from watchglass.wire.schema import Context, Section, Table, boolean, duration, read_section, section, text
from watchglass.wire.yaml import Node

SLACK_APP_URL = "https://slack.com/api/chat.postMessage"
_PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue"
_TELEGRAM_URL = "https://api.telegram.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpDefaults:
    """What mail is sent with, the `smtp_*` keys; `smarthost` is host and port."""

    sender: str = ""
    hello: str = "localhost"
    smarthost: tuple[str, str] = ("", "")
    auth_username: str = ""
    auth_password: Secret = NO_SECRET
    auth_secret: Secret = NO_SECRET
    auth_identity: str = ""
    require_tls: bool = True
    tls: TlsOptions = DEFAULT_TLS
    force_implicit_tls: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Global:
    """The `global` section, Alertmanager's defaults filled in."""

    resolve_timeout_ms: int = 300_000
    http: HttpOptions = field(default_factory=HttpOptions)
    smtp: SmtpDefaults = SmtpDefaults()
    slack_api_url: Secret = NO_SECRET
    slack_app_token: Secret = NO_SECRET
    slack_app_url: str = SLACK_APP_URL
    pagerduty_url: str = _PAGERDUTY_URL
    telegram_api_url: str = _TELEGRAM_URL
    telegram_bot_token: Secret = NO_SECRET


_OTHERS: Table = {
    "jira_api_url": http_url, "webex_api_url": http_url, "rocketchat_api_url": http_url,
    "opsgenie_api_url": http_url, **with_file("opsgenie_api_key"),
    "victorops_api_url": http_url, **with_file("victorops_api_key"),
    "wechat_api_url": http_url, **with_file("wechat_api_secret"), "wechat_api_corp_id": text,
    **with_file("rocketchat_token"), **with_file("rocketchat_token_id"),
    **with_file("mattermost_webhook_url", secret_url),
}  # fmt: skip
"""Keys of receivers that are not supported here."""

GLOBAL: Table = {
    "resolve_timeout": duration, "http_config": http_config,
    "smtp_from": text, "smtp_hello": text, "smtp_smarthost": host_port, "smtp_auth_username": text,
    **with_file("smtp_auth_password"), **with_file("smtp_auth_secret"), "smtp_auth_identity": text,
    "smtp_require_tls": boolean, "smtp_tls_config": section(TLS, check_tls), "smtp_force_implicit_tls": boolean,
    **with_file("slack_api_url", secret_url), **with_file("slack_app_token"), "slack_app_url": http_url,
    "pagerduty_url": http_url, "telegram_api_url": http_url, **with_file("telegram_bot_token"),
    **_OTHERS,
}  # fmt: skip

_PAIRS = tuple(name for name in GLOBAL if f"{name}_file" in GLOBAL)


def read_global(node: Node, key: str, context: Context) -> Global:
    """Read the `global` section; a null one gives the defaults.

    Raises:
        ConfigError: it has an unknown key, a wrong value, or two that exclude each other.
    """
    read = read_section(node, key, context, GLOBAL)
    secrets = {name: secret_of(read, name) for name in _PAIRS}
    slack_app_url = read.get("slack_app_url", SLACK_APP_URL)
    # the older way to use an app's token: its address as slack_api_url, tokens in each receiver's http_config
    is_older_way = secrets["slack_api_url"].value == slack_app_url
    if secrets["slack_app_token"] and secrets["slack_api_url"] and not is_older_way:
        raise read.error(
            "at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured"
        )
    return Global(
        resolve_timeout_ms=read.get("resolve_timeout", 300_000),
        http=read.get("http_config", HttpOptions()),
        smtp=_smtp(read, secrets),
        slack_api_url=secrets["slack_api_url"],
        slack_app_token=secrets["slack_app_token"],
        slack_app_url=slack_app_url,
        pagerduty_url=read.get("pagerduty_url", _PAGERDUTY_URL),
        telegram_api_url=read.get("telegram_api_url", _TELEGRAM_URL),
        telegram_bot_token=secrets["telegram_bot_token"],
    )


def _smtp(read: Section, secrets: dict[str, Secret]) -> SmtpDefaults:
    return SmtpDefaults(
        sender=read.get("smtp_from", ""),
        hello=read.get("smtp_hello", "localhost"),
        smarthost=read.get("smtp_smarthost", ("", "")),
        auth_username=read.get("smtp_auth_username", ""),
        auth_password=secrets["smtp_auth_password"],
        auth_secret=secrets["smtp_auth_secret"],
        auth_identity=read.get("smtp_auth_identity", ""),
        require_tls=read.get("smtp_require_tls", True),
        tls=read.get("smtp_tls_config", DEFAULT_TLS),
        force_implicit_tls=read.get("smtp_force_implicit_tls"),
    )
