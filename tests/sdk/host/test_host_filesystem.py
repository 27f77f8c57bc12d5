"""Mounts that hang, fail, or have odd names."""

import threading

import pytest

from watchglass.sdk.host import HostOptions
from watchglass.sdk.host import filesystem as module
from watchglass.sdk.host.filesystem import Filesystem, Mount, parse_mounts


def by_mountpoint(families, name):
    family = next(family for family in families if family.name == name)
    return {dict(sample.labels)["mountpoint"]: sample.value for sample in family.samples}


def test_mount_points_are_decoded_and_seen_from_the_host(tmp_path):
    table = f"/dev/sda1 {tmp_path} ext4 rw 0 0\nnas:/x {tmp_path}/my\\040files nfs ro,soft 0 0\n"

    assert list(parse_mounts(table, tmp_path)) == [
        Mount("/dev/sda1", "/", "ext4", readonly=False),
        Mount("nas:/x", "/my files", "nfs", readonly=True),
    ]


def test_a_mount_that_fails_has_an_error_and_no_figures(options):
    families = list(Filesystem(options).collect())

    assert by_mountpoint(families, "node_filesystem_device_error") == {"/": 0, "/backup disk": 0, "/gone": 1, "/run": 0}
    assert by_mountpoint(families, "node_filesystem_readonly") == {"/": 0, "/backup disk": 1, "/run": 0}
    assert by_mountpoint(families, "node_filesystem_size_bytes").keys() == {"/", "/backup disk", "/run"}


def test_processes_hidden_from_us_leave_our_own_mount_table(tree, options):
    (tree / "proc/1/mounts").rename(tree / "proc/mounts")

    assert by_mountpoint(Filesystem(options).collect(), "node_filesystem_files")["/"] > 0


@pytest.fixture
def hanging(monkeypatch, tree):
    """`/backup disk` hangs until the event is set; gives the options, the event and the mount points asked for."""
    asked, answers = [], threading.Event()
    ask = module.ask

    def slow(rootfs, mountpoint):
        asked.append(mountpoint)
        if mountpoint == "/backup disk":
            answers.wait(30)
        return ask(rootfs, mountpoint)

    monkeypatch.setattr(module, "ask", slow)
    yield HostOptions(tree / "proc", tree / "sys", tree / "root", tree / "udev", mount_timeout_s=0.05), answers, asked
    answers.set()


def walkers():
    return [thread for thread in threading.enumerate() if thread.name == "watchglass-statvfs"]


def test_a_mount_that_hangs_leaves_the_rest(hanging):
    options, answers, asked = hanging
    reader = Filesystem(options)
    families = list(reader.collect())

    assert by_mountpoint(families, "node_filesystem_device_error")["/backup disk"] == 1
    assert by_mountpoint(families, "node_filesystem_size_bytes").keys() == {"/", "/run"}

    list(reader.collect())
    assert asked.count("/backup disk") == 1, "it is not asked again while it hangs"
    assert asked.count("/run") == 2
    assert len(walkers()) == 1, "one thread a hung mount, not one a reading"

    answers.set()
    for thread in walkers():
        thread.join(30)
    assert by_mountpoint(reader.collect(), "node_filesystem_device_error")["/backup disk"] == 0
