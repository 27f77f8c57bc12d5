"""From the settings to what each part wants to know: the only place where the two meet."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

from watchglass.app.configuration import Configuration
from watchglass.config.settings import Settings
from watchglass.gotemplate.limits import Limits
from watchglass.promql.engine import EngineOptions
from watchglass.rules.send_loop import SendOptions
from watchglass.rules.surroundings import RuleOptions
from watchglass.sdk.host.base import Filter, HostOptions
from watchglass.serve.options import BodyLimits, QueryLimits, WebOptions
from watchglass.sources.instance import INSTANCE_HEADER
from watchglass.sources.options import PrometheusOptions
from watchglass.store.options import StoreOptions

if TYPE_CHECKING:
    from watchglass.alerting.manager import AlertingOptions
    from watchglass.alerting.notify.rendering import SendingLimits

_EVERY_INTERFACE = frozenset({"0.0.0.0", "[::]"})  # noqa: S104 - where the server listens; here it only is no address


def web_options(settings: Settings) -> WebOptions:
    """What the HTTP side is told."""
    return WebOptions(
        listen=settings.listen,
        external_url=settings.web_external_url,
        allowed_hosts=settings.web_allowed_hosts,
        cors_origins=settings.web_cors_origins,
        allow_anonymous=settings.web_allow_anonymous,
        enable_lifecycle=settings.web_enable_lifecycle if settings.is_set("web.enable_lifecycle") else None,
        tls_cert=settings.web_tls_cert,
        tls_key=settings.web_tls_key,
        refresh_ms=settings.dashboards_refresh_ms if settings.dashboards_auto_refresh else 0,
        bodies=BodyLimits(
            dashboard_bytes=settings.dashboards_size_limit_bytes,
            dashboards_bytes=settings.dashboards_import_limit_bytes,
            alerts_bytes=settings.alerting_body_limit_bytes,
        ),
        queries=QueryLimits(
            timeout_ms=settings.query_timeout_ms,
            max_concurrency=settings.query_max_concurrency,
            threads=settings.query_threads,
            max_samples=settings.query_max_samples,
            memory_bytes=settings.query_memory_bytes,
            lookback_ms=settings.query_lookback_ms,
            max_points=settings.query_max_points,
            max_text=settings.query_max_text,
        ),
    )


def own_url(settings: Settings) -> str:
    """The address that users reach this server at, for links in alerts; without a slash at its end."""
    if settings.web_external_url:
        return settings.web_external_url.rstrip("/")
    host, _, port = settings.listen[0].rpartition(":")
    scheme = "https" if settings.web_tls_cert else "http"
    return f"{scheme}://{socket.gethostname() if host in _EVERY_INTERFACE else host}:{port}"


def host_options(settings: Settings) -> HostOptions:
    """Where the host is read, and which of its devices."""
    return HostOptions(
        procfs=Path(settings.host_procfs),
        sysfs=Path(settings.host_sysfs),
        rootfs=Path(settings.host_rootfs),
        mounts=Filter(settings.host_mounts_exclude, settings.host_mounts_include),
        disks=Filter(settings.host_disks_exclude, settings.host_disks_include),
        networks=Filter(settings.host_networks_exclude, settings.host_networks_include),
    )


def store_options(configuration: Configuration) -> StoreOptions:
    """How the store keeps samples; flags and `watchglass.yml` win over the Prometheus file's `storage` section."""
    settings, prometheus = configuration.settings, configuration.prometheus

    def chosen(name: str, own: int, theirs: int | None) -> int:
        return own if theirs is None or settings.is_set(name) else theirs

    return StoreOptions(
        retention_ms=chosen("retention.time", settings.retention_time_ms, prometheus.retention_time_ms),
        retention_bytes=chosen("retention.size", settings.retention_size_bytes, prometheus.retention_size_bytes),
        out_of_order_window_ms=chosen(
            "store.out_of_order_window", settings.store_out_of_order_window_ms, prometheus.out_of_order_window_ms
        ),
        commit_interval_ms=settings.store_commit_interval_ms,
        chunk_cache_bytes=settings.store_cache_bytes,
    )


def engine_options(configuration: Configuration) -> EngineOptions:
    """What one query may cost."""
    settings = configuration.settings
    return EngineOptions(
        lookback_ms=settings.query_lookback_ms,
        max_samples=settings.query_max_samples,
        max_label_chars=settings.query_max_label_text,
        max_value_chars=settings.query_max_label_value,
        timeout_ms=settings.query_timeout_ms,
        max_points=settings.query_max_points + 1,  # so many steps lie between as many points and one more
        default_step_ms=configuration.prometheus.global_.evaluation_interval_ms,
    )


def rule_options(settings: Settings) -> RuleOptions:
    """Bounds and times of rules."""
    return RuleOptions(
        resend_ms=settings.rules_alert_resend_delay_ms,
        outage_ms=settings.rules_alert_for_outage_tolerance_ms,
        grace_ms=settings.rules_alert_for_grace_period_ms,
        max_alerts=settings.rules_max_alerts,
        max_series=settings.rules_max_series,
        templates_s=settings.rules_templates_timeout_ms / 1000,
    )


def template_limits(settings: Settings) -> Limits:
    """What rendering one template may cost."""
    return Limits(
        source_chars=settings.templates_max_source,
        output_chars=settings.templates_max_output,
        built_chars=settings.templates_max_built,
        steps=settings.templates_max_steps,
        depth=settings.templates_max_depth,
        seconds=settings.templates_timeout_ms / 1000,
    )


def send_options(settings: Settings, instance: str) -> SendOptions:
    """How Alertmanagers elsewhere are told of alerts."""
    return SendOptions(
        queue_capacity=settings.alertmanager_notification_queue_capacity,
        batch_size=settings.alertmanager_notification_batch_size,
        drain=settings.alertmanager_drain_notification_queue_on_shutdown,
        own_header=(INSTANCE_HEADER, instance),
    )


def prometheus_options(settings: Settings) -> PrometheusOptions:
    """How the server is asked that dashboards ask."""
    return PrometheusOptions(
        url=settings.sources_prometheus_url,
        timeout_ms=settings.sources_prometheus_timeout_ms,
        retries=settings.sources_prometheus_retries,
        max_bytes=settings.sources_prometheus_answer_limit_bytes,
        bearer_token_file=settings.sources_prometheus_bearer_token_file,
        basic_auth_user=settings.sources_prometheus_basic_auth_user,
        basic_auth_password_file=settings.sources_prometheus_basic_auth_password_file,
        tenant=settings.sources_prometheus_tenant,
        ca_file=settings.sources_prometheus_ca_file,
        insecure_skip_verify=settings.sources_prometheus_insecure_skip_verify,
        max_samples=settings.query_max_samples,
        lookback_ms=settings.query_lookback_ms,
    )


def alerting_options(settings: Settings) -> AlertingOptions:
    """What the alert manager may take, and how long it remembers."""
    from watchglass.alerting.history import HistoryLimits  # noqa: PLC0415 - most servers route nothing
    from watchglass.alerting.manager import AlertingOptions  # noqa: PLC0415 - likewise
    from watchglass.alerting.silence import SilenceLimits  # noqa: PLC0415 - likewise

    return AlertingOptions(
        max_alerts=settings.alerting_max_alerts,
        retention_ms=settings.alerting_retention_ms,
        silences=SilenceLimits(settings.alerting_max_silences, settings.alerting_silence_size_limit_bytes),
        history=HistoryLimits(settings.alerting_history_age_ms, settings.alerting_history_limit),
    )


def sending_limits(settings: Settings) -> SendingLimits:
    """What sending one notification may take."""
    from watchglass.alerting.notify.rendering import SendingLimits  # noqa: PLC0415 - most servers route nothing

    return SendingLimits(
        timeout_ms=settings.alerting_send_timeout_ms,
        answer_bytes=settings.alerting_send_answer_limit_bytes,
        connections=settings.alerting_send_connections,
    )
