"""DinoAir's metrics library: the modules of its guide, and `install_lib_metrics` for the guide's import paths."""

from watchglass.sdk.dinoair.lib_metrics import install_lib_metrics

__all__ = ["install_lib_metrics"]
