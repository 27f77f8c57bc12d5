"""A host of our own making: small trees of /proc, /sys, / and udev, with the odd cases that real ones have."""

from pathlib import Path

import pytest

from watchglass.sdk.host import HostOptions

DISKSTATS = """\
   7       0 loop0 1 0 8 0 0 0 0 0 0 0 0
   8       0 sda 2537 918 341706 2193 8101 9030 1092554 8830 1 5123 11023 12 3 4096 70 33 44
   8       1 sda1 2500 918 341000 2100 8000 9000 1092000 8800 0 5000 11000 12 3 4096 70
 259       0 nvme0n1 47114 4 4643973 21650 1078320 43950 39451633 1011053 0 222766 1032546
 259       1 nvme0n1p1 1140 0 9370 16 1 0 1 0 0 16 16
 253       0 dm-0 59910000 0 39853000 1280000 39950000 0 1160000000 44000000 3 13000000 46000000 0 0 0 0
 252       0 zram0 88 0 704 1 1 0 8 0 0 4 1 0 0 0 0 0 0
"""

FILES = {
    "proc/stat": """\
cpu  1346 36 2017 44210 68 0 22 6 44 36
cpu0 444 19 912 22105 37 0 12 2 30 24
cpu1 902 17 1105 22105 31 0 10 4 14 12
intr 8885917 17 0 0 0 0
ctxt 38014093
btime 1418183276
processes 26442
procs_running 2
procs_blocked 1
softirq 5057579 250191 1481983 1647 211099 186066 0 1783454 622196 12499 508444
""",
    "proc/loadavg": "0.21 0.37 0.39 1/719 19737\n",
    "proc/meminfo": """\
MemTotal:       15666184 kB
MemFree:          440324 kB
Active(anon):    5435656 kB
HugePages_Total:       3
Hugepagesize:       2048 kB
VmallocTotal:   34359738367 kB

DirectMap4k:      159744 kB
""",
    "proc/vmstat": "nr_free_pages 977769\npgpgin 7344136\npgfault 2320168809\noom_kill 5\nnuma_hit 3\npswpout 2\n",
    "proc/pressure/cpu": "some avg10=0.00 avg60=0.00 avg300=0.00 total=14036781\n",
    "proc/pressure/io": """\
some avg10=0.18 avg60=0.34 avg300=0.10 total=159886802
full avg10=0.18 avg60=0.34 avg300=0.10 total=159229614
""",
    "proc/pressure/memory": """\
some avg10=0.00 avg60=0.00 avg300=0.00 total=7
full avg10=0.00 avg60=0.00 avg300=0.00 total=0
""",
    "proc/net/dev": """\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 435303245 1832522    1    2    3     4          5         6 435303246 1832523    7    8    9      10      11         12
  eth0:68210035552 520993275    0    0    0     0          0         0 9315587528 43451486    0    0    0     0       0          0
wlan0:1:       10        1    0    0    0     0          0         0        9        1    0    0    0     0       0          0
""",
    "proc/diskstats": DISKSTATS,
    "proc/1/mounts": """\
proc /proc proc rw,relatime 0 0
/dev/sda1 / ext4 rw,relatime,errors=remount-ro 0 0
/dev/sda1 / ext4 rw,relatime,errors=remount-ro 0 0
/dev/sdb1 /backup\\040disk xfs ro,relatime 0 0
/dev/sdc1 /gone ext4 rw,relatime 0 0
tmpfs /run tmpfs rw,nosuid 0 0
none /run/credentials/systemd-sysusers.service ramfs ro 0 0
overlay /var/lib/docker/overlay2/1/merged overlay rw 0 0
""",
    "sys/devices/system/clocksource/clocksource0/available_clocksource": "tsc hpet acpi_pm \n",
    "sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
    "sys/devices/system/cpu/isolated": "1,3-4\n",
    **{
        f"sys/devices/system/cpu/cpu{cpu}/{name}": text
        for cpu in (0, 1)
        for name, text in {
            "topology/physical_package_id": "0\n",
            "topology/core_id": f"{cpu}\n",
            "thermal_throttle/core_throttle_count": f"{cpu + 5}\n",
            "thermal_throttle/package_throttle_count": "30\n",
        }.items()
    },
    "sys/class/net/eth0/statistics/rx_nohandler": "3\n",
    "udev/b8:0": """\
S:disk/by-id/ata-X
E:ID_ATA=1
E:ID_ATA_WRITE_CACHE=1
E:ID_ATA_WRITE_CACHE_ENABLED=0
E:ID_ATA_ROTATION_RATE_RPM=7200
E:ID_MODEL=HGST_HUS
E:ID_PATH=pci-0000:3b:00.0-sas
E:ID_REVISION=A7J0
E:ID_SERIAL_SHORT=2EH
E:ID_WWN=0x5000cca2
""",
    "udev/b253:0": """\
E:DM_NAME=nvme0n1_crypt
E:DM_UUID=CRYPT-LUKS2
E:DM_VG_NAME=vg
E:DM_LV_NAME=root
E:ID_FS_TYPE=ext4
E:ID_FS_USAGE=filesystem
E:ID_FS_UUID=ab-cd
E:ID_FS_VERSION=1.0
""",
    "root/run/keep": "",
    "root/backup disk/keep": "",
}


@pytest.fixture
def tree(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def options(tree):
    return options_of(tree)


def options_of(tree: Path) -> HostOptions:
    return HostOptions(tree / "proc", tree / "sys", tree / "root", tree / "udev")
