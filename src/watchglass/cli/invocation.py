"""From what was typed to the settings in force."""

from __future__ import annotations

import argparse
import sys

from watchglass.cli.client import ClientError, get_data
from watchglass.config.load import load_settings
from watchglass.config.settings import Invocation, Settings


def read_settings(options: argparse.Namespace) -> Settings:
    """The settings for a command that takes their flags.

    Raises:
        ConfigError: a flag, a variable or the settings file is wrong.
    """
    return load_settings(Invocation(options.flags, options.flag_names, options.ignored, settings_file=options.settings))


def own_url(settings: Settings) -> str:
    """Where a server with these settings answers to this machine."""
    host, _, port = settings.listen[0].rpartition(":")
    reachable = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - the other end of such a listener
    return f"{'https' if settings.web_tls_cert else 'http'}://{reachable}:{port}"


def server_url(options: argparse.Namespace) -> str:
    """The server that a command asks: that of `--url`, else that of the settings, which is told on standard error."""
    return options.url or told_url(own_url(read_settings(options)))


def told_url(url: str) -> str:
    """An address that nobody named, told, since another server may listen there than was meant."""
    sys.stderr.write(f"asking {url}; --url names another server\n")
    return url


def folder_served_at(url: str) -> str:
    """The data folder of the Watchglass that answers at `url`; empty where none does."""
    try:
        flags = get_data(url, "/api/v1/status/flags", timeout_s=5.0)
    except ClientError:
        return ""
    return str(flags.get("data") or "") if isinstance(flags, dict) else ""
