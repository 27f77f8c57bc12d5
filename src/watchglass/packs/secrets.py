"""Secrets of the receivers of packs: those that are missing, and where to put them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from watchglass.alerting.configuration import AlertmanagerConfig
from watchglass.alerting.notify.integration import Credential
from watchglass.alerting.read_receivers import Integration, Receiver
from watchglass.packs.pack import Pack

_SHIPPED = Path(__file__).parent
_SETTING = "--pack.secrets DIR"


def without_own_folder(config: AlertmanagerConfig, pack: Pack) -> AlertmanagerConfig:
    """The routes of a pack where no folder of secrets is named: those of one that ships say how to name one.

    Their files would lie where the program is installed, which is no place for a secret.
    """
    if pack.folder.parent != _SHIPPED:
        return config
    receivers = {name: _told(receiver, pack) for name, receiver in config.receivers.items()}
    return replace(config, receivers=receivers)


def _told(receiver: Receiver, pack: Pack) -> Receiver:
    return replace(receiver, integrations=tuple(_hinted(each, pack) for each in receiver.integrations))


def _hinted(integration: Integration, pack: Pack) -> Integration:
    for key, file in _missing(integration, pack.folder):
        why = f"{key}_file: this secret is not given: put it into DIR/{pack.name}/{file}, with {_SETTING}"
        return replace(integration, disabled=why)
    return integration


def why_left_out(config: AlertmanagerConfig, pack: Pack, secrets: Path | None) -> str:
    """Why the routes of a pack whose receivers can all send nothing are left out, and what would change that."""
    said = "its routes are left out, and your own file takes its alerts: "
    each = [each for receiver in config.receivers.values() for each in receiver.integrations]
    folder = secrets / pack.name if secrets is not None else pack.folder
    files = sorted({file for integration in each for _, file in _missing(integration, folder)})
    if not files:
        whys = dict.fromkeys(integration.disabled for integration in each)
        return said + ("its receivers can send nothing: " + "; ".join(whys) if whys else "its receivers tell nobody")
    where = f"{folder}"
    if secrets is None and pack.folder.parent == _SHIPPED:
        where = f"DIR/{pack.name}, with {_SETTING}"
    return f"{said}no secret of its receivers is given. Put {', '.join(files)} into {where}"


def _missing(integration: Integration, folder: Path) -> Iterator[tuple[str, str]]:
    """The secrets of a disabled integration whose files are not there: key, and file within the folder."""
    config = integration.config
    wanted: list[Credential] = [*config.credentials(), *config.http_credentials()] if integration.disabled else []
    for key, secret in wanted:
        path = Path(secret.file)
        if secret.file and path.is_relative_to(folder) and not path.exists():
            yield key, str(path.relative_to(folder))
