"""Who waits for whom: servers that take one request at a time, in the order of arrival."""

from __future__ import annotations

import numpy as np

from watchglass.simulate.table import Column


def served(arrived_ms: Column, service_s: Column, servers: int = 1) -> tuple[Column, Column]:
    """When each request is begun and when it is done; milliseconds.

    Requests go to the servers in turn, as a balancer does that knows nothing of them.

    Args:
        arrived_ms: rising.
        service_s: how long each keeps its server.
        servers: how many there are.
    """
    done = np.empty(len(arrived_ms), np.int64)
    took = np.maximum(np.rint(service_s * 1000).astype(np.int64), 1)
    for turn in range(servers):
        mine = slice(turn, None, servers)
        work = np.cumsum(took[mine])
        before = work - took[mine]
        # Done is the work since a moment at which the server was idle: that of the request at which waiting is longest.
        done[mine] = work + np.maximum.accumulate(arrived_ms[mine] - before)
    return done - took, done
