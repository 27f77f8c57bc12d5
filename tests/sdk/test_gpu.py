"""GPUs, by a stand-in for `pynvml` that keeps to NVML's documented calls, units and errors."""

import ctypes
from types import SimpleNamespace

import pytest

from watchglass.sdk.gpu import GpuCollector, load_nvml


class NVMLError(Exception):
    """As pynvml's: every error of the driver is a subclass."""


class NotSupported(NVMLError):
    """NVML_ERROR_NOT_SUPPORTED."""


class Nvml:
    """Two GPUs; the second is one that tells neither its use nor its power."""

    NVMLError = NVMLError

    def __init__(self):
        self.started = 0
        self.lost = False

    def nvmlInit(self):
        self.started += 1

    def nvmlDeviceGetCount(self):
        if self.lost:
            raise NVMLError("Driver Not Loaded")
        return 2

    def nvmlDeviceGetHandleByIndex(self, index):
        return index

    def nvmlDeviceGetUtilizationRates(self, device):
        if device == 1:
            raise NotSupported("Not Supported")
        return SimpleNamespace(gpu=73, memory=20)  # percent

    def nvmlDeviceGetMemoryInfo(self, device):
        return SimpleNamespace(total=80 * 2**30, free=79 * 2**30, used=2**30)

    def nvmlDeviceGetTemperature(self, device, sensor):
        assert sensor == 0
        return 41

    def nvmlDeviceGetPowerUsage(self, device):
        if device == 1:
            raise NotSupported("Not Supported")
        return 123456  # milliwatts

    def nvmlDeviceGetEnforcedPowerLimit(self, device):
        return 700000

    def nvmlSystemGetDriverVersion(self):
        return b"535.104.05"

    def nvmlDeviceGetName(self, device):
        return b"NVIDIA H100"

    def nvmlDeviceGetUUID(self, device):
        return f"GPU-{device}"


def samples(families):
    return {(sample.name, dict(sample.labels)["gpu"]): sample.value for f in families for sample in f.samples}


def test_readings_in_base_units_and_what_a_gpu_does_not_tell_is_left_out():
    families = list(GpuCollector(Nvml).collect())

    assert samples(families) == {
        ("watchglass_gpu_utilization_ratio", "0"): 0.73,
        ("watchglass_gpu_memory_used_bytes", "0"): 2**30,
        ("watchglass_gpu_memory_used_bytes", "1"): 2**30,
        ("watchglass_gpu_memory_total_bytes", "0"): 80 * 2**30,
        ("watchglass_gpu_memory_total_bytes", "1"): 80 * 2**30,
        ("watchglass_gpu_temperature_celsius", "0"): 41,
        ("watchglass_gpu_temperature_celsius", "1"): 41,
        ("watchglass_gpu_power_watts", "0"): 123.456,
        ("watchglass_gpu_power_limit_watts", "0"): 700,
        ("watchglass_gpu_power_limit_watts", "1"): 700,
        ("watchglass_gpu_info", "0"): 1,
        ("watchglass_gpu_info", "1"): 1,
    }
    assert dict(families[-1].samples[0].labels) == {
        "gpu": "0",
        "name": "NVIDIA H100",
        "uuid": "GPU-0",
        "driver_version": "535.104.05",
    }


def test_a_driver_that_goes_away_and_comes_back():
    nvml = Nvml()
    collector = GpuCollector(lambda: nvml)
    assert list(collector.collect())
    nvml.lost = True
    assert list(collector.collect()) == []
    nvml.lost = False
    assert list(collector.collect())
    assert nvml.started == 2, "started once, and once more after the loss"


def test_no_driver_no_series():
    assert list(GpuCollector(lambda: None).collect()) == []


def test_the_package_is_not_imported_where_there_is_no_driver(monkeypatch):
    def missing(name):
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    monkeypatch.setattr("importlib.import_module", lambda name: pytest.fail(f"{name} was imported"))

    assert load_nvml() is None


def test_a_driver_without_the_package(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: None)
    monkeypatch.setitem(__import__("sys").modules, "pynvml", None)

    assert load_nvml() is None
