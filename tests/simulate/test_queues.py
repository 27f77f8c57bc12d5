"""Queues: who waits, and for how long."""

import numpy as np
import pytest

from watchglass.simulate.queues import served


def one_by_one(arrived, took, servers):
    """The same, request by request."""
    free = [0] * servers
    done = []
    for place, (at, work) in enumerate(zip(arrived, took, strict=True)):
        server = place % servers
        free[server] = max(free[server], at) + work
        done.append(free[server])
    return done


@pytest.mark.parametrize("servers", [1, 2, 10])
def test_requests_wait_for_those_before_them(servers):
    random = np.random.default_rng(3)
    arrived = np.sort(random.integers(0, 100_000, 500))
    took_s = random.integers(1, 900, 500) / 1000
    begun, done = served(arrived, took_s, servers)
    took = np.rint(took_s * 1000).astype(int)
    assert done.tolist() == one_by_one(arrived.tolist(), took.tolist(), servers)
    assert (begun >= arrived).all()
    assert (done - begun == took).all()
