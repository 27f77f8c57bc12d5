"""A small application with everything that the SDK can count: HTTP, PostgreSQL, Redis, its process."""

import os
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import redis
from sqlalchemy import create_engine, text

from watchglass.sdk.database_metrics import DatabaseMetrics
from watchglass.sdk.endpoint import Endpoint
from watchglass.sdk.process_metrics import ProcessMetrics
from watchglass.sdk.redis_metrics import RedisMetrics
from watchglass.sdk.wsgi import MetricsMiddleware

cache = RedisMetrics().watch(redis.Redis.from_url(os.environ["REDIS_URL"]))
database = DatabaseMetrics().watch(create_engine(os.environ["DATABASE_URL"]))
ProcessMetrics()
with database.begin() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS visits (page text)"))


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def site(environ, start_response):
    if cache.get("page") is None:
        cache.set("page", "hello", ex=1)
    with database.begin() as connection:
        connection.execute(text("INSERT INTO visits VALUES ('home')"))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


app = Endpoint().wsgi(MetricsMiddleware(site, path_of=lambda environ: environ["PATH_INFO"]))
make_server("127.0.0.1", int(sys.argv[1]), app, handler_class=Quiet).serve_forever()
