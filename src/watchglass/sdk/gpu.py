"""NVIDIA GPUs by NVML, through the optional package nvidia-ml-py; a machine without them yields nothing.

Source: NVIDIA, NVML API reference guide (device queries), of which `pynvml` is a plain binding.
"""

from __future__ import annotations

import ctypes
import importlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import gauge

_LIBRARY = "libnvidia-ml.so.1"
_TEMPERATURE_GPU = 0  # NVML_TEMPERATURE_GPU, the die itself

_log = logging.getLogger("watchglass.sdk.gpu")

# Name, help, and how to read it: the module, the device's handle, to a value in the base unit.
READINGS: tuple[tuple[str, str, Callable[[Any, Any], float]], ...] = (
    (
        "watchglass_gpu_utilization_ratio",
        "Share of the last sample period in which the GPU worked, 0 to 1.",
        lambda nvml, device: nvml.nvmlDeviceGetUtilizationRates(device).gpu / 100,
    ),
    (
        "watchglass_gpu_memory_used_bytes",
        "GPU memory in use.",
        lambda nvml, device: nvml.nvmlDeviceGetMemoryInfo(device).used,
    ),
    (
        "watchglass_gpu_memory_total_bytes",
        "GPU memory there is.",
        lambda nvml, device: nvml.nvmlDeviceGetMemoryInfo(device).total,
    ),
    (
        "watchglass_gpu_temperature_celsius",
        "Temperature of the GPU.",
        lambda nvml, device: nvml.nvmlDeviceGetTemperature(device, _TEMPERATURE_GPU),
    ),
    (
        "watchglass_gpu_power_watts",
        "Power that the GPU draws.",
        lambda nvml, device: nvml.nvmlDeviceGetPowerUsage(device) / 1000,
    ),
    (
        "watchglass_gpu_power_limit_watts",
        "Power that the GPU may draw.",
        lambda nvml, device: nvml.nvmlDeviceGetEnforcedPowerLimit(device) / 1000,
    ),
)


class GpuCollector:
    """`watchglass_gpu_*`, one series a GPU. What a GPU cannot tell (a MIG instance, a fanless card) is left out.

    Args:
        load: gives the `pynvml` module, or None where there is no driver or no package.
    """

    def __init__(self, load: Callable[[], Any | None] | None = None) -> None:
        self._load = load or load_nvml
        self._nvml: Any | None = None

    def collect(self) -> Iterator[Family]:
        """One reading; nothing where there is no GPU."""
        try:
            self._nvml = self._nvml or _started(self._load())
            if self._nvml:
                yield from _families(self._nvml)
        except Exception as error:  # NVML's own errors; the driver was unloaded or restarted
            if self._nvml:
                _log.warning("cannot read GPUs", extra={"error": str(error)})
            self._nvml = None  # start afresh at the next reading


def load_nvml() -> Any | None:
    """The `pynvml` module, where both the driver's library and the package are there."""
    try:
        ctypes.CDLL(_LIBRARY)
        return importlib.import_module("pynvml")
    except (OSError, ImportError):
        return None


def _started(nvml: Any | None) -> Any | None:
    if nvml:
        nvml.nvmlInit()
    return nvml


def _families(nvml: Any) -> Iterator[Family]:
    devices = [(str(index), nvml.nvmlDeviceGetHandleByIndex(index)) for index in range(nvml.nvmlDeviceGetCount())]
    for name, text, read in READINGS:
        family = gauge(name, text)
        for index, device in devices:
            try:
                family.add(float(read(nvml, device)), gpu=index)
            except nvml.NVMLError:
                continue  # this GPU does not tell
        if family.samples:
            yield family
    yield _info(nvml, devices)


def _info(nvml: Any, devices: list[tuple[str, Any]]) -> Family:
    family = gauge("watchglass_gpu_info", "Which GPU has which number; the value is always 1.")
    driver = _text(nvml.nvmlSystemGetDriverVersion())
    for index, device in devices:
        name, uuid = _text(nvml.nvmlDeviceGetName(device)), _text(nvml.nvmlDeviceGetUUID(device))
        family.add(1, gpu=index, name=name, uuid=uuid, driver_version=driver)
    return family


def _text(value: str | bytes) -> str:
    """Bytes before nvidia-ml-py 11.5, text since."""
    return value.decode() if isinstance(value, bytes) else value
