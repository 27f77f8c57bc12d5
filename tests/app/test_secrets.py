"""No secret is seen anywhere: every kind of receiver fails in every way, then all that can be read is read.

Each secret field of each entry has a mark of its own, so that a leak is named. Receivers repeat what they were sent.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
import yaml
from echoes import PREFIX, EchoServer, SmtpEcho, looks_of, serving

from watchglass.cli import main

API = Path(__file__).parents[2] / "docs/http-api.md"
PARTS = {
    "name": "up",
    "uid": "default",
    "slug": "x",
    "page": "config",
    "silence_id": "x",
    "number": "1",
    "version": "1",
    "snapshot": "x",
}
RULES = "groups: [{name: g, rules: [{alert: Always, expr: vector(1), labels: {severity: page}}]}]"


WAYS = ("plain", "file", "environment")


class Marks:
    """Makes secrets, each of which says what it is."""

    def __init__(self, folder):
        self.folder, self.names, self.environment = folder, {}, {}
        self._numbers = count()

    def new(self, name):
        mark = f"{PREFIX}{next(self._numbers):04d}xKq7PzW4mTb9RfYc2Vh"
        self.names[mark[: len(PREFIX) + 4]] = name
        return mark

    def given(self, field, value, way):
        """A field with a secret: in the file, in a file of its own, or from the environment."""
        if way == "file":
            path = self.folder / "kept" / f"{len(self.names)}"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{value}\n")
            return {f"{field}_file": str(path)}
        if way == "environment":
            name = f"MARKED_{len(self.names)}"
            self.environment[name] = value
            return {field: f"${{{name}}}"}
        return {field: value}

    def found_in(self, data):
        """What is seen of secrets in some output, by name."""
        data = data if isinstance(data, bytes) else data.encode()
        seen = [
            data[found.start() : found.start() + len(PREFIX) + 4].decode("latin-1") for found in _SEEN.finditer(data)
        ]
        return sorted({self.names.get(each, f"cut or packed: {each}") for each in seen})


_SEEN = re.compile(b"|".join(re.escape(look.encode()) for look in looks_of(PREFIX)))


class World:
    """The places that receivers are sent to."""

    def __init__(self, stack):
        self.elsewhere = EchoServer()
        self.echo = EchoServer(self.elsewhere.url.replace("127.0.0.1", "localhost"))
        self.mail = {ways: SmtpEcho(ways) for ways in ("PLAIN", "LOGIN", "CRAM-MD5 PLAIN")}
        stack.enter_context(serving(self.echo, self.elsewhere, *self.mail.values()))

    def bases(self):
        kinds = ("plain", "page", "json", "fine", "busy", "moved", "garbage")
        port = self.echo.server_address[1]
        return ["http://127.0.0.1:1", f"https://127.0.0.1:{port}", *(f"{self.echo.url}/{kind}" for kind in kinds)]


def http_configs(marks, world):
    """Every way to say who we are."""

    def new(name):
        return marks.new(f"http_config {name}")

    def file(name):
        return marks.given("x", new(name), "file")["x_file"]

    proxy = world.echo.url.replace("//", f"//me:{new('proxy_url')}@")
    oauth2 = {"client_id": "me", "token_url": f"{world.echo.url}/plain/token"}
    world.echo.token = new("oauth2 token")
    yield {}
    yield {"basic_auth": {"username": "me", "password": new("password")}}
    yield {"basic_auth": {"username": "me", "password_file": file("password_file")}}
    yield {"authorization": {"credentials": new("credentials")}}
    yield {"authorization": {"type": "Token", "credentials_file": file("credentials_file")}}
    yield {"authorization": {"credentials": new("credentials with a line break") + "\n"}}
    yield {"bearer_token": new("bearer_token")}
    yield {"oauth2": oauth2 | {"client_secret": new("client_secret")}}
    yield {
        "oauth2": oauth2 | {"client_secret_file": file("client_secret_file"), "token_url": f"{world.echo.url}/token"}
    }
    yield {"http_headers": {"X-Api-Key": {"secrets": [new("http_headers")]}}}
    yield {"http_headers": {"X-Api-Key": {"files": [file("http_headers file")]}}}
    yield {"http_headers": {"X-Api-Key": {"secrets": [new("http_headers with a line break") + "\nx"]}}}
    yield {"proxy_url": proxy, "proxy_connect_header": {"X-Pass": [new("proxy_connect_header")]}}
    yield {"tls_config": {"cert": "-----BEGIN CERTIFICATE-----", "key": new("tls key")}}


def receivers(marks, world):
    """One receiver for every kind of entry, with all its faults."""
    configs, bases = list(http_configs(marks, world)), world.bases()
    entries = {
        f"{kind}_configs": [] for kind in ("webhook", "slack", "pagerduty", "telegram", "discord", "msteamsv2", "email")
    }
    for number in range(4 * len(bases)):
        base, way = bases[number % len(bases)], WAYS[(number + number // len(bases)) % len(WAYS)]
        for kind, field, value, more in (
            ("webhook", "url", f"{base}/hook/%s?key=a", {}),
            ("webhook", "url", f"{base}/x".replace("//", "//me:%s@"), {}),
            ("webhook", "url", f"{base}/{{{{ .Receiver }}}}/%s", {}),
            ("slack", "api_url", f"{base}/services/T1/%s", {"channel": "#a"}),
            ("slack", "app_token", "xoxb-%s", {"app_url": f"{base}/app"}),
            ("pagerduty", "routing_key", "%s", {"url": f"{base}/v2"}),
            ("telegram", "bot_token", "1:%s", {"api_url": base, "chat_id": -5}),
            ("discord", "webhook_url", f"{base}/api/webhooks/1/%s", {}),
            ("msteamsv2", "webhook_url", f"{base}/workflows/x?sig=%s", {}),
        ):
            http_config = {} if field == "app_token" else configs[number % len(configs)]
            name = f"{kind} {field} ({way}) at {base} with {list(http_config)}"
            secret = marks.given(field, value % marks.new(name), way)
            entries[f"{kind}_configs"].append({**secret, **more, "http_config": http_config})
    for way in WAYS:
        key = marks.given("service_key", marks.new(f"service_key ({way})"), way)
        entries["pagerduty_configs"].append({**key, "http_config": {"proxy_url": world.echo.url}})
        for offered, server in world.mail.items():
            login = marks.given("auth_password", marks.new(f"mail by {offered} ({way})"), way)
            if "CRAM" in offered:
                login |= marks.given("auth_secret", marks.new(f"mail secret ({way})"), way)
            mail = {"to": "a@b.example", "from": "a@b.example", "smarthost": server.address, "require_tls": False}
            entries["email_configs"].append({**mail, **login, "auth_username": "me", "auth_identity": "id"})
    return entries


def routes(marks, world):
    new = marks.new
    return {
        "global": {
            "smtp_smarthost": "127.0.0.1:1", "smtp_from": "a@b.example", "smtp_auth_username": "me",
            "smtp_auth_password": new("smtp_auth_password"), "slack_api_url": f"http://127.0.0.1:1/{new('slack_api_url')}",
            "telegram_bot_token": new("telegram_bot_token"), "opsgenie_api_key": new("opsgenie_api_key"),
            "http_config": {"authorization": {"credentials": new("global credentials")}},
        },
        "route": {
            "receiver": "global", "group_by": ["alertname"], "group_wait": "0s", "group_interval": "10s",
            "routes": [{"receiver": "all", "matchers": ["alertname=Always"]}],
        },
        "receivers": [
            {"name": "all", **receivers(marks, world)},
            {"name": "global", "email_configs": [{"to": "a@b.example"}], "slack_configs": [{"channel": "a"}],
             "telegram_configs": [{"chat_id": -1}], "opsgenie_configs": [{"api_key": new("api_key")}],
             "mattermost_configs": [{"webhook_url": f"http://127.0.0.1/{new('mattermost')}"}]},
        ],
        "tracing": {"endpoint": "x", "headers": {"authorization": new("tracing")}},
    }  # fmt: skip


def scraping(marks, world):
    configs = [each for each in http_configs(marks, world) if each]
    port, new = world.echo.server_address[1], marks.new
    jobs = [
        {
            "job_name": f"j{at}",
            "metrics_path": f"/{kind}/x",
            "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
            **each,
        }
        for at, each in enumerate(configs)
        for kind in [("plain", "garbage", "busy")[at % 3]]
    ]
    elsewhere = {"static_configs": [{"targets": [f"127.0.0.1:{port}", f"me:{new('target')}@127.0.0.1:1"]}]}
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "scrape_configs": jobs,
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [elsewhere | each for each in configs]},
        "remote_write": [{"url": f"http://me:{new('remote_write url')}@127.0.0.1:1/", **each} for each in configs],
        "remote_read": [{"url": "http://127.0.0.1:1/", **each} for each in configs],
    }


def broken(mark):
    """Changes to an alertmanager.yml whose wrong part is a secret; `mark` names one."""
    flows = (
        "slack_configs: [{api_url: 'gopher://%s'}]", "slack_configs: [{api_url: 'http://[%s'}]",
        "slack_configs: [{api_url: 'http://a:%s/'}]", "slack_configs: [{api_url: '%s'}]",
        "slack_configs: [{api_url: '%s:x'}]", "slack_configs: [{api_url: ['%s']}]",
        "telegram_configs: [{chat_id: 1, bot_token: {%s: x}}]", "telegram_configs: [{chat_id: 1, bot_token: *%s}]",
        "telegram_configs: [{chat_id: 1, bot_token: !%s x}]", "telegram_configs: [{chat_id: 1, bot_token:%s}]",
        "telegram_configs: [{chat_id: 1, bot_token: '%s}]", "telegram_configs: [{chat_id: 1, bot_token: @%s}]",
        "telegram_configs: [{chat_id: 1, bot_token: a: %s}]", "telegram_configs: [{chat_id: 1, bot_token: %%%s}]",
        "telegram_configs: [{chat_id: 1, bot_token: %s, bot_token_file: x}]", "telegram_configs: %s",
        "webhook_configs: [{url: 'http://{{ %s'}, {}]", "webhook_configs: [{url: '%s'}]",
        "webhook_configs: [{url: 'http://a', http_config: {basic_auth: '%s'}}]",
        "webhook_configs: [{url: 'http://a', http_config: {authorization: 'Bearer %s'}}]",
        "webhook_configs: [{url: 'http://a', http_config: {bearer_token: '%s', bearer_token_file: x}}]",
        "webhook_configs: [{url: 'http://a', http_config: {proxy_url: 'http://me:%s@[x'}}]",
        "webhook_configs: [{url: 'http://a', http_config: {http_headers: {Authorization: {secrets: ['%s']}}}}]",
        "webhook_configs: [{url: 'http://a', http_config: {http_headers: {X: '%s'}}}]",
        "email_configs: [{to: x, auth_password: {a: '%s'}}]", "pagerduty_configs: [{routing_key: ['%s']}]",
        "discord_configs: [{webhook_url: 'ftp://%s'}]", "msteamsv2_configs: [{webhook_url: 'x%s'}]",
    )  # fmt: skip
    for flow in flows:
        yield "route: {receiver: a}\nreceivers:\n- name: a\n  " + flow % mark(f"broken: {flow}") + "\n"
    yield f"global:\n  telegram_bot_token:{mark('no space')}\nroute: {{receiver: a}}\n"
    yield f"global:\n  smtp_auth_password: &{mark('anchor')}\nroute: {{receiver: a}}\nx: 1"
    yield f"global: {{slack_api_url: 'ftp://{mark('global url')}'}}\nroute: {{receiver: a}}"
    yield f"\t{mark('tab')}: x"


def addresses():
    """Every address that is read from, of the table that a test holds equal to the routes."""
    rows = re.findall(r"^\| ([A-Z, ]+) \| `([^`]+)` \|", API.read_text(), re.MULTILINE)
    paths = {path for methods, path in rows if "GET" in methods and not path.endswith("/live")}
    for path in sorted(paths):
        if path == "/api/v1/status/{page}":
            yield from (
                path.replace("{page}", page) for page in ("buildinfo", "runtimeinfo", "flags", "config", "walreplay")
            )
        yield re.sub(r"\{(\w+)[^}]*\}", lambda found: PARTS.get(found[1], "x"), path)


SOURCES = {"text": "garbage", "json": "json"}
"""What the server answers that dashboards ask."""
QUERIES = {
    "/api/v1/query": {"query": '{__name__=~".+"}'},
    "/api/v1/query_range": {"query": "ALERTS", "start": "1", "end": "2", "step": "1"},
    "/api/v1/series": {"match[]": '{__name__=~".+"}'},
    "/federate": {"match[]": '{__name__=~".+"}'},
    "/api/v1/watchglass/alerting/notifications": {"limit": "1000"},
    "/api/v1/watchglass/alerting/routes/test": {"labels": '{"alertname":"A"}'},
}
COMMANDS = (
    ("check", "routes", "routes.yml"), ("routes", "show", "routes.yml"), ("routes", "test", "routes.yml", "a=b"),
    ("check", "config", "prometheus.yml"), ("check", "config", "watchglass.yml"), ("check", "rules", "rules.yml"),
    ("query", "up"), ("silence", "add", "Always"), ("silence", "list", "--json"), ("view", "default", "--once"),
    ("pack", "show", "awareness_network"), ("pack", "export", "awareness_network", "exported"),
    ("test-alert", "--timeout=15s"), ("backup", "copied", "--data=data"),
)  # fmt: skip


@pytest.fixture
def marks(tmp_path):
    return Marks(tmp_path)


@pytest.fixture
def world():
    with ExitStack() as stack:
        yield World(stack)


@pytest.fixture
def server(launch, tmp_path, marks, world, log_format):
    (tmp_path / "routes.yml").write_text(yaml.safe_dump(routes(marks, world)))
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(scraping(marks, world)))
    (tmp_path / "rules.yml").write_text(RULES)
    for pack, name in (("awareness_network", "pagerduty_service_key"), ("hybrid_ai_stack", "slack_api_url")):
        path = tmp_path / "packs" / pack / "secrets" / name
        path.parent.mkdir(parents=True)
        path.write_text(marks.new(f"pack {pack}"))
    (tmp_path / "bearer").write_text(marks.new("sources.prometheus.bearer_token_file"))
    settings = {
        "alertmanager": {"config": "routes.yml"}, "config": "prometheus.yml", "host": {"enabled": False},
        "log": {"level": "debug", "format": log_format}, "packs": ["awareness_network", "hybrid_ai_stack"],
        "pack": {"secrets": "packs"}, "rules": {"watch_self": False},
        "sources": {"prometheus": {"url": f"{world.echo.url}/{SOURCES[log_format]}", "bearer_token_file": "bearer"}},
    }  # fmt: skip
    (tmp_path / "watchglass.yml").write_text(yaml.safe_dump(settings))
    server = launch(environment=os.environ | marks.environment).wait_ready()
    server.world = world
    return server


def entries_of(path):
    """Every entry of the receiver that is asked: its kind, and its place."""
    receiver = yaml.safe_load(path.read_text())["receivers"][0]
    lists = {kind.removesuffix("_configs"): each for kind, each in receiver.items() if kind != "name"}
    return {(kind, place) for kind, entries in lists.items() for place in range(len(entries))}


@pytest.mark.slow
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_is_seen(server, marks, tmp_path, waiting, capsys):
    seen = {}

    def look(where, data):
        if found := marks.found_in(data):
            seen[where] = found

    unasked = entries_of(tmp_path / "routes.yml")

    def everybody_was_asked():
        answer = server.http.get("/api/v1/watchglass/alerting/notifications", params={"limit": "1000"})
        unasked.difference_update(
            (each["integration"], each["place"])
            for each in answer.json()["data"]["notifications"]
            if each["status"] != "sending"
        )
        return not unasked

    waiting(everybody_was_asked, 150)
    for path in addresses():
        answer = server.http.get(path, params=QUERIES.get(path))
        assert answer.status_code < 500 or "health" in path or "proxy" in path, path
        look(path, answer.content + str(answer.headers).encode())
    for words in COMMANDS:
        where = ["--url", server.url] if words[0] in {"query", "silence", "view", "test-alert"} else []
        command = [sys.executable, "-m", "watchglass", *words, *where]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, check=False, env=os.environ | marks.environment
        )
        look(" ".join(words), done.stdout + done.stderr)
    good = (tmp_path / "routes.yml").read_text()
    for text in broken(marks.new):
        (tmp_path / "routes.yml").write_text(text)
        answer = server.http.post("/-/reload")
        look(f"reload: {text}", answer.content)
        main(["check", "routes", str(tmp_path / "routes.yml")])
        look(f"check: {text}", "".join(capsys.readouterr()))
    look("/api/v1/notifications", server.http.get("/api/v1/notifications").content)
    (tmp_path / "routes.yml").write_text(good)
    assert server.http.post("/-/reload").status_code == 200
    look("log", server.log_path.read_bytes())
    server.stop()
    look("the end of the log", server.log_path.read_bytes())
    for folder in ("data", "exported", "copied"):
        for path in (tmp_path / folder).rglob("*"):
            if path.is_file():
                look(str(path.relative_to(tmp_path)), path.read_bytes())

    assert marks.found_in(b"".join(server.world.echo.heard)), "the servers were told secrets, and repeat them"
    moved = marks.found_in(b"".join(server.world.elsewhere.heard))
    assert moved
    assert not [name for name in moved if name.startswith("http_config")], "another host is told no secret header"
    assert not seen
