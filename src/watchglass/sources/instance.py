"""How a process knows itself over HTTP: by a random id that goes with what it asks, never by a host name.

Who receives the id that is its own answers with it, at once and whatever was asked: so no process ever answers itself,
and the one that asked learns whom it has reached.
"""

from __future__ import annotations

import secrets

INSTANCE_HEADER = "X-Watchglass-Instance"
"""In a request: who asks. In an answer: who has asked himself."""


def new_instance() -> str:
    """An id for this process; 128 bits of chance."""
    return secrets.token_hex(16)
