"""Files, pipes and devices, none of which may hang the reader."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from watchglass.errors import ConfigError
from watchglass.wire.file import read_some
from watchglass.wire.yaml import load_yaml_file


def test_a_file_is_cut_off_behind_the_limit(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_some(path, 5) == b"12345"
    assert read_some(path, 3) == b"1234"


def test_a_pipe_is_read_to_its_end_and_only_once():
    """As `--config <(command)` makes one."""
    content = b"a: 1\n" * 50_000
    reading, writing = os.pipe()
    try:
        path = Path(f"/dev/fd/{reading}")
        with os.fdopen(writing, "wb") as file:
            writer = threading.Thread(target=lambda: (file.write(content), file.close()), daemon=True)
            writer.start()
            assert read_some(path, 1 << 20) == content
            writer.join()
        with pytest.raises(ConfigError, match="cannot be read: it is a pipe, and nobody writes to it"):
            load_yaml_file(path)
    finally:
        os.close(reading)


def test_a_pipe_that_nobody_writes_to(tmp_path):
    os.mkfifo(tmp_path / "p")
    with pytest.raises(OSError, match=r"nothing came for 0\.01 s"):
        read_some(tmp_path / "p", 100, pipe_s=0.01)


def test_a_silent_pipe():
    reading, writing = os.pipe()
    try:
        with pytest.raises(OSError, match=r"nothing came for 0\.01 s"):
            read_some(Path(f"/dev/fd/{reading}"), 100, pipe_s=0.01)
    finally:
        os.close(reading)
        os.close(writing)


def test_devices():
    assert read_some(Path(os.devnull), 100) == b""
    assert len(read_some(Path("/dev/zero"), 100_000)) == 100_001
