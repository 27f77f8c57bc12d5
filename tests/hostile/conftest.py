"""One server for all attacks of a file, and a list of what each took."""

import sys

import pytest
from hostile_server import HostileServer

MIB = 1024 * 1024
QUERY_MEMORY_MIB = 256
LIMIT_BYTES = (QUERY_MEMORY_MIB + 128) * MIB  # what queries may hold, and free pages that glibc keeps for a while


class Watched(HostileServer):
    """The server, with the memory that each attack took at its peak."""

    def __init__(self, folder, *flags):
        super().__init__(folder, *flags)
        self.first_bytes = self.first_files = 0
        self.peaks = []

    def wait_and_fill(self):
        super().wait_and_fill()
        self.first_bytes = self.resident_bytes()
        self.first_files = self.open_files()

    def note(self, name, before_bytes):
        """Remember and judge the peak of an attack."""
        took = self.peak_bytes() - before_bytes
        self.peaks.append((took, name))
        assert took < LIMIT_BYTES, f"{name} took {took // MIB} MiB"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    watched = Watched(tmp_path_factory.mktemp("hostile"), "--query.timeout=5s", f"--query.memory={QUERY_MEMORY_MIB}MB")
    try:
        watched.wait_and_fill()
        yield watched
    finally:
        watched.close()
    for took, name in sorted(watched.peaks, reverse=True)[:8]:
        print(f"{took / MIB:8.1f} MiB  {name}", file=sys.stderr)
