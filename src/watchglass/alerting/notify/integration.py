"""What all receivers have in common: their settings as values, and whether they can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from watchglass.alerting.notify.placeholders import is_placeholder
from watchglass.collect.regular_file import read_regular
from watchglass.model.http import NO_SECRET, HttpOptions, Secret

SECRET_BYTES = 1 << 16
"""A file with a secret may be so large."""


class Credential(NamedTuple):
    """A secret that a receiver cannot do without."""

    key: str  # as the file names it, such as `api_url`
    secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationConfig:
    """One entry of a receiver, such as one of its `slack_configs`, defaults filled in.

    Attributes:
        kind: what Alertmanager's logs and metrics call it: `slack`.
        send_resolved: whether it wants to hear that alerts have ended.
        missing: what neither the entry nor `global` says, in words; it is disabled for that.
    """

    kind: str
    send_resolved: bool
    missing: str = ""

    def credentials(self) -> Sequence[Credential]:
        """The secrets that it cannot do without."""
        return ()

    def http_credentials(self) -> Sequence[Credential]:
        """The secrets of its `http_config`."""
        return ()

    def target(self) -> str:
        """Where it sends, as far as that tells one entry from another and is no secret."""
        return ""

    def disabled(self) -> str:
        """Why it cannot be used as things are, or nothing; files with secrets are looked at anew."""
        if self.missing:
            return self.missing
        faults = (credential_fault(*each) for each in (*self.credentials(), *self.http_credentials()))
        return next(filter(None, faults), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpIntegrationConfig(IntegrationConfig):
    """One that is reached over HTTP."""

    http: HttpOptions

    def http_credentials(self) -> Sequence[Credential]:
        """Those of them that are given."""
        basic, authorization, oauth2 = self.http.basic_auth, self.http.authorization, self.http.oauth2
        given = (
            Credential("http_config.basic_auth.password", basic.password if basic else NO_SECRET),
            Credential(
                "http_config.authorization.credentials", authorization.credentials if authorization else NO_SECRET
            ),
        )
        more = Credential("http_config.oauth2.client_secret", oauth2.client_secret if oauth2 else NO_SECRET)
        return [each for each in (*given, more) if each.secret]


def credential_fault(key: str, secret: Secret) -> str:
    """What is wrong with a secret, in words that do not repeat it; empty where it can be used."""
    if not secret.file:
        if not secret.value:
            return f"{key} is empty"
        return f"{key} is a placeholder" if is_placeholder(secret.value) else ""
    try:
        value = read_secret_file(secret.file)
    except OSError as error:
        return f"{key}_file: cannot read {secret.file}: {error.strerror}"
    except UnicodeDecodeError:
        return f"{key}_file: {secret.file} is not UTF-8 text"
    fault = "is empty" if not value else "holds a placeholder" if is_placeholder(value) else ""
    return f"{key}_file: {secret.file} {fault}" if fault else ""


def read_secret_file(path: str) -> str:
    """The text of a file with a secret, without white space around it.

    Raises:
        OSError: it cannot be read, is no regular file or too large.
        UnicodeDecodeError: it is not UTF-8.
    """
    return read_regular(path, SECRET_BYTES)[0].decode().strip()
