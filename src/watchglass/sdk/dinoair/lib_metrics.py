"""Makes the guide's import paths work: `from lib.metrics.metrics_service import record_api_request`."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

MODULES = (
    "checks",
    "custom_metrics",
    "dashboard_data",
    "metrics_collector",
    "metrics_exporter",
    "metrics_service",
    "metrics_storage",
)
"""The modules of `lib.metrics`, and that of `send_alert`, which the guide calls and has nowhere; each is the module of that name in `watchglass.sdk.dinoair`."""


def install_lib_metrics() -> None:
    """Let `lib.metrics.*` be imported in this process. A package `lib` of the application's own stays what it is.

    Raises:
        ImportError: that package has a module `metrics` of its own.
    """
    if isinstance(sys.modules.get("lib.metrics"), _Package):
        return
    top = import_module("lib") if find_spec("lib") is not None else _Package("lib")
    if not isinstance(top, _Package) and find_spec("lib.metrics") is not None:
        raise ImportError("lib.metrics exists already; import watchglass.sdk.dinoair instead")
    metrics = vars(top)["metrics"] = _Package("lib.metrics")
    for name in MODULES:
        module = import_module(f"watchglass.sdk.dinoair.{name}")
        sys.modules[f"lib.metrics.{name}"] = vars(metrics)[name] = module


class _Package(ModuleType):
    """A package that has no files, and is found by its name from now on."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "Stands in for a package of the DinoAir guide.")
        self.__path__: list[str] = []
        sys.modules[name] = self
