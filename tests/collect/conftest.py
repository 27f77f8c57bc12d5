"""Fixtures of the tests of collection."""

from __future__ import annotations

import pytest
from collect_support import Memory


@pytest.fixture
def store() -> Memory:
    return Memory()
