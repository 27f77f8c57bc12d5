"""The templates in the entries of receivers that do not parse: a server starts with them, and can never send by these entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from watchglass.alerting.configuration import AlertmanagerConfig
from watchglass.alerting.read_receivers import Integration
from watchglass.alerting.template_functions import FUNCTIONS, functions_at
from watchglass.alerting.templates import Templates
from watchglass.errors import ConfigError, TemplateError
from watchglass.gotemplate.reason import reason
from watchglass.gotemplate.template import COMMON_FUNCTIONS
from watchglass.wire.schema import TemplateText

_FUNCTIONS = [*COMMON_FUNCTIONS, *FUNCTIONS, *functions_at(0)]


class TemplateFault(NamedTuple):
    """A template that does not parse, and whose."""

    integration: Integration
    error: ConfigError


def template_faults(config: AlertmanagerConfig, *, shipped: bool = True) -> list[TemplateFault]:
    """What does not parse, disabled entries included: they may have their secret elsewhere.

    Args:
        config: the configuration.
        shipped: those of parts such as packs, too.
    """
    receivers = [each for each in config.receivers.values() if shipped or not each.shipped]
    fields = [(each, field) for receiver in receivers for each in receiver.integrations for field in each.templates]
    templates = Templates() if fields else None
    return [
        TemplateFault(each, error)
        for each, field in fields
        if templates is not None
        for error in _fault(templates, field)
    ]


def _fault(templates: Templates, field: TemplateText) -> Iterator[ConfigError]:
    try:
        templates.check(field.text)
    except TemplateError as error:
        why = "it does not parse" if field.is_secret else reason(error, _FUNCTIONS)
        message = f"this template can never be sent: {why}"
        yield ConfigError(message, path=field.path, line=field.line, key=field.key)
