"""The fault of a flag, which ends the command as a usage error does."""

from __future__ import annotations

from watchglass.errors import ConfigError


class FlagError(ConfigError):
    """A flag has a value that it does not take."""
