"""An application for gunicorn whose workers can be told to do things."""

import os
import signal
import time

from watchglass.sdk.endpoint import Endpoint
from watchglass.sdk.metrics import Gauge
from watchglass.sdk.pack_metrics import PackMetrics
from watchglass.sdk.wsgi import MetricsMiddleware

gateway = PackMetrics("hybrid_ai_stack")
waiting = Gauge("waiting", "What waits, in each worker.", multiprocess_mode="livesum")
peak = Gauge("peak", "The most there ever was.", multiprocess_mode="max")


def site(environ, start_response):
    task, _, value = environ["PATH_INFO"].strip("/").partition("/")
    if task == "wait":
        waiting.set(float(value))
        peak.set(float(value))
    elif task == "cost":
        gateway.gauge("api_gateway_cost_per_request").labels("m").set(float(value))
    elif task == "hang":
        waiting.inc()
        time.sleep(float(value))
    elif task == "burn":
        until = time.thread_time() + float(value)
        while time.thread_time() < until:
            pass
    elif task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    gateway.histogram("api_gateway_routing_latency_seconds").observe(0.003)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]


app = Endpoint().wsgi(MetricsMiddleware(site, path_of=lambda environ: "/" + environ["PATH_INFO"].split("/")[1]))
