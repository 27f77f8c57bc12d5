"""Limits of both generations of control groups, as files that the kernel would show."""

import pytest

from watchglass.sdk.host import HostOptions
from watchglass.sdk.host.container import Container

V2_MOUNT = "41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n"


def v1_mounts(root):
    return "".join(
        f"35 31 0:32 {root} /sys/fs/cgroup/{name} rw,relatime - cgroup cgroup rw,{name}\n"
        for name in ("memory", "cpu,cpuacct")
    )


CASES = {
    "v2, a container that sees itself as the root": (
        "0::/\n",
        V2_MOUNT,
        {
            "memory.max": "1073741824\n",
            "memory.current": "524288000\n",
            "memory.stat": "anon 1\ninactive_file 24288000\n",
            "cpu.max": "150000 100000\n",
            "cpu.stat": "usage_usec 2500000\nnr_throttled 3\nthrottled_usec 1000000\n",
        },
        {
            "memory_limit_bytes": 2**30,
            "memory_usage_bytes": 524288000,
            "memory_working_set_bytes": 500000000,
            "cpu_limit_cores": 1.5,
            "cpu_usage_seconds_total": 2.5,
            "cpu_throttled_seconds_total": 1.0,
        },
    ),
    "v2, the lowest limit on the way up counts": (
        "0::/a/b/c\n",
        V2_MOUNT,
        {
            "a/memory.max": "300\n",
            "a/b/memory.max": "200\n",
            "a/b/c/memory.max": "max\n",
            "a/b/c/memory.current": "100\n",
            "a/cpu.max": "400000 100000",
            "a/b/c/cpu.max": "max 100000",
        },
        {"memory_limit_bytes": 200, "memory_usage_bytes": 100, "cpu_limit_cores": 4.0},
    ),
    "v2, no limit, no series": (
        "0::/user.slice\n",
        V2_MOUNT,
        {"user.slice/memory.max": "max\n", "user.slice/memory.current": "7\n", "user.slice/cpu.max": "max 100000\n"},
        {"memory_usage_bytes": 7},
    ),
    "v1, a container whose mount shows its own part": (
        "3:cpu,cpuacct:/docker/1\n4:memory:/docker/1\n",
        v1_mounts("/docker/1"),
        {
            "memory/memory.limit_in_bytes": "2147483648\n",
            "memory/memory.usage_in_bytes": "900\n",
            "memory/memory.stat": "cache 5\ntotal_inactive_file 400\n",
            "cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
            "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            "cpu,cpuacct/cpu.stat": "nr_periods 1\nnr_throttled 1\nthrottled_time 2000000000\n",
            "cpu,cpuacct/cpuacct.usage": "3000000000\n",
        },
        {
            "memory_limit_bytes": 2**31,
            "memory_usage_bytes": 900,
            "memory_working_set_bytes": 500,
            "cpu_limit_cores": 0.5,
            "cpu_usage_seconds_total": 3.0,
            "cpu_throttled_seconds_total": 2.0,
        },
    ),
    "v1, unlimited": (
        "4:memory:/\n3:cpu,cpuacct:/\n0::/\n",
        v1_mounts("/"),
        {
            "memory/memory.limit_in_bytes": "9223372036854771712\n",
            "memory/memory.usage_in_bytes": "900\n",
            "cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
            "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        },
        {"memory_usage_bytes": 900},
    ),
    "no control groups at all": ("", "", {}, {}),
}


@pytest.mark.parametrize(("cgroup", "mountinfo", "files", "expected"), CASES.values(), ids=CASES)
def test_limits(tmp_path, cgroup, mountinfo, files, expected):
    given = {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    given |= {"proc/self/cgroup": cgroup, "proc/self/mountinfo": mountinfo}
    for name, text in given.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    families = Container(HostOptions(tmp_path / "proc", tmp_path / "sys")).collect()

    got = {family.name.removeprefix("watchglass_container_"): family.samples[0].value for family in families}
    assert got == pytest.approx(expected)
