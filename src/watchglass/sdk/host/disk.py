"""Disks: transfers, time spent, and what udev knows of them. Source: node_exporter, collector/diskstats_linux.go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchglass.model.metadata import Family
from watchglass.sdk.host.base import Reader, counter, gauge, read_text

_SECTOR_BYTES = 512  # in /proc/diskstats, whatever the device's own sectors are
_MS = 1 / 1000

# In the order of /proc/diskstats: name, factor to the base unit, help.
COLUMNS = (
    ("node_disk_reads_completed_total", 1, "Reads completed."),
    ("node_disk_reads_merged_total", 1, "Reads merged with a neighbour."),
    ("node_disk_read_bytes_total", _SECTOR_BYTES, "Bytes read."),
    ("node_disk_read_time_seconds_total", _MS, "Seconds spent by all reads."),
    ("node_disk_writes_completed_total", 1, "Writes completed."),
    ("node_disk_writes_merged_total", 1, "Writes merged with a neighbour."),
    ("node_disk_written_bytes_total", _SECTOR_BYTES, "Bytes written."),
    ("node_disk_write_time_seconds_total", _MS, "Seconds spent by all writes."),
    ("node_disk_io_now", 1, "Operations in flight."),
    ("node_disk_io_time_seconds_total", _MS, "Seconds in which the disk was busy."),
    ("node_disk_io_time_weighted_seconds_total", _MS, "Seconds the disk was busy, times operations in flight."),
    ("node_disk_discards_completed_total", 1, "Discards completed."),
    ("node_disk_discards_merged_total", 1, "Discards merged with a neighbour."),
    ("node_disk_discarded_sectors_total", 1, "Sectors discarded."),
    ("node_disk_discard_time_seconds_total", _MS, "Seconds spent by all discards."),
    ("node_disk_flush_requests_total", 1, "Flushes completed."),
    ("node_disk_flush_requests_time_seconds_total", _MS, "Seconds spent by all flushes."),
)

# Families of udev's properties: name, help, the property without which there is no series, label to property.
INFO = (
    (
        "node_disk_info",
        "What is known of the disk; the value is always 1.",
        "",
        {
            "path": "ID_PATH",
            "wwn": "ID_WWN",
            "model": "ID_MODEL",
            "serial": "ID_SERIAL_SHORT",
            "revision": "ID_REVISION",
            "major": "major",
            "minor": "minor",
        },
    ),
    (
        "node_disk_filesystem_info",
        "The filesystem on the disk; the value is always 1.",
        "ID_FS_TYPE",
        {"type": "ID_FS_TYPE", "usage": "ID_FS_USAGE", "uuid": "ID_FS_UUID", "version": "ID_FS_VERSION"},
    ),
    (
        "node_disk_device_mapper_info",
        "The device mapper's names of the disk; the value is always 1.",
        "DM_NAME",
        {
            "name": "DM_NAME",
            "uuid": "DM_UUID",
            "vg_name": "DM_VG_NAME",
            "lv_name": "DM_LV_NAME",
            "lv_layer": "DM_LV_LAYER",
        },
    ),
)
ATA = (
    ("node_disk_ata_write_cache", "ID_ATA_WRITE_CACHE", "Whether the disk has a write cache."),
    ("node_disk_ata_write_cache_enabled", "ID_ATA_WRITE_CACHE_ENABLED", "Whether the write cache is on."),
    ("node_disk_ata_rotation_rate_rpm", "ID_ATA_ROTATION_RATE_RPM", "Turns a minute; 0 for a solid state disk."),
)


class Diskstats(Reader):
    """`node_disk_*`."""

    def collect(self) -> Iterator[Family]:
        """One reading of every disk that the filter accepts."""
        lines = [line.split() for line in self.proc("diskstats").splitlines()]
        disks = [fields for fields in lines if len(fields) > 3 and self.options.disks.accepts(fields[2])]
        yield from _statistics(disks)
        yield from _properties({device: self._properties_of(major, minor) for major, minor, device, *_ in disks})

    def _properties_of(self, major: str, minor: str) -> Mapping[str, str]:
        numbers = {"major": major, "minor": minor}
        try:
            return parse_udev(read_text(self.options.udev / f"b{major}:{minor}")) | numbers
        except OSError:
            return numbers  # udev does not run in containers


def parse_udev(text: str) -> dict[str, str]:
    """The properties (`E:NAME=value`) of one device in udev's data folder."""
    pairs = (line[2:].partition("=") for line in text.splitlines() if line.startswith("E:"))
    return {name: value for name, _, value in pairs}


def _statistics(disks: list[list[str]]) -> Iterator[Family]:
    for column, (name, factor, text) in enumerate(COLUMNS, start=3):
        family = (counter if name.endswith("_total") else gauge)(name, text)
        for fields in disks:
            if column < len(fields):  # old kernels know fewer columns
                family.add(int(fields[column]) * factor, device=fields[2])
        yield family


def _properties(disks: Mapping[str, Mapping[str, str]]) -> Iterator[Family]:
    for name, text, needed, labels in INFO:
        family = gauge(name, text)
        for device, properties in disks.items():
            if not needed or properties.get(needed):
                family.add(1, device=device, **{label: properties.get(prop, "") for label, prop in labels.items()})
        yield family
    for name, prop, text in ATA:
        family = gauge(name, text)
        for device, properties in disks.items():
            if properties.get("ID_ATA") and prop in properties:
                family.add(float(properties[prop]), device=device)
        yield family
