"""Watchglass: the complete monitoring stack for an AI application in one process."""

from watchglass.version import __version__

__all__ = ["__version__"]
