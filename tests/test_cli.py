"""The command line, as a user types it."""

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from watchglass.cli import NEEDS_SERVER, main
from watchglass.cli.invocation import own_url
from watchglass.cli.query import format_answer
from watchglass.config.settings import Settings, rows
from watchglass.sdk.declared import pack_names
from watchglass.version import __version__

GOOD = Path(__file__).parent / "config/good"
BAD = Path(__file__).parent / "config/bad"


@pytest.fixture(autouse=True)
def quiet_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("WATCHGLASS_") or name == "PROMETHEUS_URL":
            monkeypatch.delenv(name)


def run(capsys, *arguments):
    try:
        status = main(arguments)
    except SystemExit as stopped:
        status = stopped.code
    out, err = capsys.readouterr()
    return status, out, err


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(tmp_path):
    """A real server on a free port, with its own data folder."""
    port, data = free_port(), tmp_path / "data"
    command = [sys.executable, "-m", "watchglass", "up", "--listen", f"127.0.0.1:{port}", "--data", str(data)]
    log = (tmp_path / "log").open("w")
    with log, subprocess.Popen([*command, "--no-host.enabled"], stdout=log, stderr=log, cwd=tmp_path) as process:
        deadline = time.monotonic() + 30
        while " ready " not in (tmp_path / "log").read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_version_and_help(capsys):
    assert run(capsys, "--version") == (0, f"watchglass {__version__}\n", "")
    for arguments in ((), ("--help",)):
        status, out, _ = run(capsys, *arguments)
        assert status == 0
        assert "watchglass up" in out


def test_help_of_up_shows_every_setting(capsys):
    _, out, _ = run(capsys, "up", "--help")
    for row in rows():
        assert any(re.search(rf"{re.escape(flag)}\b", out) for flag in row.flags), row.name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["upp"], "watchglass: unknown command upp; did you mean up?"),
        (["up", "--confg=x"], "watchglass up: unknown flag --confg; did you mean --config?"),
        (["up", "--storage.tsdb.retenton.time", "1d"], "did you mean --storage.tsdb.retention.time?"),
        (["up", "--zzz"], "watchglass up: unknown flag --zzz\n"),
        (["up", "extra"], "watchglass up: unexpected argument extra"),
        (["query"], "watchglass query: the following arguments are required: EXPR"),
        (["check", "nonsense", "x"], "invalid choice: 'nonsense'"),
        (["test", "rules", "x", "--run", "("], '--run: "(" is no regular expression'),
        (["up", "--data"], "argument --data: expected one argument"),
        (["up", "--retention.time", "3x"], 'watchglass: flag --retention.time: unknown unit "x"'),
        (["up", "--storage.tsdb.retention.size=10"], "watchglass: flag --storage.tsdb.retention.size: units"),
        (["up", "--query.threads", "-1"], "watchglass: flag --query.threads: must be at least 1, not -1\n"),
        (["up", "--query.threads", "100000"], "flag --query.threads: must be at most 256, not 100000\n"),
        (["up", "--query.threads", "two"], 'flag --query.threads: expected a whole number, not "two"'),
        (["up", "--query.memory", "1KB"], "flag --query.memory: must be 0 or at least 16MB, not 1KB"),
        (["up", "--log.level", "loud"], "flag --log.level: expected one of debug,"),
        (["up", "--server.port", "99999"], "flag --server.port: expected a port"),
        (["up", "--web.address", "a b"], 'flag --web.address: "a b" is not a host name'),
        (["up", "--web.tls-cert", "a"], "flag --web.tls-cert: web.tls_cert and web.tls_key are only of use together"),
        (["up", "--sources.prometheus.url", "localhost:9090"], "did you mean http://localhost:9090?"),
        (["up", "--query.threads=0", "--query.memory=1B"], "--query.memory: must be 0 or at least 16MB, not 1B"),
        (["backup", "x", "--data", "y", "--config"], "argument --config: expected one argument"),
        (
            ["query", "up", "--url", "localhost:9090"],
            "query: argument --url: expected a URL such as http://prometheus:9090",
        ),
        (["query", "up", "--url", "http://h:x"], "its port is no number from 1 to 65535; did you mean http://h:9090?"),
        (["query", "up", "--url", ""], "argument --url: expected a URL"),
        (["import", "x", "--url", "ftp://h:9090"], "import: argument --url: expected a URL"),
        (["query", "up", "--time", "yesterday"], "argument --time: expected a time such as 2026-11-21T18:00:00Z"),
    ],
)
def test_a_wrong_command_line(capsys, arguments, message):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["up", "--config", str(BAD / "unknown_job_key.yml")],
            'unknown key "metric_path"; did you mean "metrics_path"?',
        ),
        (["up", "--config", "none.yml"], "none.yml: cannot be read: No such file or directory"),
        (["up", "--config", str(GOOD / "kubernetes_beside_others.yml"), "--strict"], "(--strict)"),
        (["up", "--settings", "none.yml"], "none.yml: cannot be read"),
    ],
)
def test_up_with_a_wrong_setting(tmp_path, arguments, message):
    command = [sys.executable, "-m", "watchglass", *arguments]
    if "--listen" not in arguments:
        command += ["--listen", "127.0.0.1:0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=30)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_flags_of_every_kind_reach_the_settings(monkeypatch, tmp_path):
    import watchglass.app.run

    seen = []
    monkeypatch.setattr(watchglass.app.run, "run", lambda settings, sockets: seen.append(settings) or 0)
    monkeypatch.setattr("watchglass.cli.up.open_listeners", lambda addresses, allow_anonymous: [])
    arguments = ["up", "--config.file=a.yml", "--storage.tsdb.path", "b", "--web.listen-address=:1", "--listen", "127.0.0.1:2",
                 "--storage.tsdb.retention.time=30d", "--web.enable-lifecycle", "--no-host.enabled", "--server.port", "8501",
                 "--log.level=warn", "--web.console.templates=/c", "--web.enable-admin-api"]  # fmt: skip

    assert main(arguments) == 0

    (settings,) = seen
    assert (settings.config, settings.data) == (str(tmp_path / "a.yml"), str(tmp_path / "b"))
    assert settings.listen == ("0.0.0.0:8501", "127.0.0.1:2")
    assert settings.retention_time_ms == 30 * 86_400_000
    assert (settings.web_enable_lifecycle, settings.host_enabled) == (True, False)
    assert settings.origins["data"] == "flag --storage.tsdb.path"
    assert settings.log_level == "warning"
    assert settings.notices == (
        "flag --web.console.templates is accepted and has no effect",
        "flag --web.enable-admin-api is accepted and has no effect",
    )


@pytest.mark.parametrize("command", [["up"], ["check", "config", "x"], ["import", "x"], ["backup", "x"]])
def test_without_the_server_extra_a_command_says_so(command, tmp_path):
    code = f"import sys; sys.modules['numpy'] = None; from watchglass.cli import main; sys.exit(main({command}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", NEEDS_SERVER + "\n")
    assert 'install "watchglass[server]"' in NEEDS_SERVER


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from watchglass.cli import main\n"
        "try: main(['up', '--help'])\nexcept SystemExit: pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'numpy', 'yaml', 'starlette', 'asyncio', 'httpx'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.endswith("[]\n")


def test_check_config(capsys):
    status, out, err = run(capsys, "check", "config", str(GOOD / "shipped_with_prometheus.yml"))
    assert (status, err) == (0, "")
    assert "NOTE" not in out  # all of it is in use
    assert "is valid prometheus config file syntax, 1 scrape jobs" in out

    status, out, err = run(capsys, "check", "config", str(GOOD / "defaults.yml"), str(BAD / "duplicate_key.yml"))
    assert (status, err) == (1, "")
    assert 'duplicate_key.yml:4: key "scrape_interval" already set on line 2' in out

    status, out, _ = run(capsys, "check", "config", "--strict", str(GOOD / "kubernetes_beside_others.yml"))
    assert status == 1
    assert "(--strict)" in out


def test_check_reports_every_fault_of_a_file_in_its_order(capsys, tmp_path):
    (tmp_path / "prometheus.yml").write_text(
        "global: {scrape_intervall: 1s}\nscrape_configs:\n- job_name: a\n  scheme: []\nfoo: 1\n"
    )

    status, out, err = run(capsys, "check", "config", "prometheus.yml")

    assert (status, err) == (1, "")
    assert out.splitlines() == [
        "Checking prometheus.yml",
        '  FAILED: prometheus.yml:1: global: unknown key "scrape_intervall"; did you mean "scrape_interval"?',
        "  FAILED: prometheus.yml:4: scrape_configs[0].scheme: expected text, got a list",
        '  FAILED: prometheus.yml:5: unknown key "foo"',
    ]


def test_check_of_our_own_settings(capsys, tmp_path):
    (tmp_path / "watchglass.yml").write_text("web: {port: 3000}")
    assert run(capsys, "check", "config", "watchglass.yml")[0] == 0
    (tmp_path / "watchglass.yml").write_text("web: {prot: 3000}\nstrict: perhaps")
    status, out, _ = run(capsys, "check", "config", "watchglass.yml")
    assert status == 1
    assert "watchglass.yml:1: web.prot: unknown setting; did you mean web.port?" in out
    assert 'watchglass.yml:2: strict: expected true or false, not "perhaps"' in out


def test_check_config_has_a_help_of_its_own(capsys):
    status, out, _ = run(capsys, "check", "config", "--help")
    assert status == 0
    assert out.startswith("usage: watchglass check config [-h] [--strict] FILE")
    assert "it warns of rules files, and targets that need one are down" in " ".join(out.split())


def series(value, **labels):
    return {"metric": labels, "value": [0, value]}


@pytest.mark.parametrize(
    ("kind", "result", "lines"),
    [
        ("vector", [series("1", __name__="up", job="a"), series("10", __name__="up", job="bcd", x="y")],
         ["NAME  JOB  X  VALUE", "up    a           1", "up    bcd  y     10"]),
        ("vector", [series("1")], ["VALUE", "    1"]),
        ("vector", [], ["no data"]),
        ("matrix", [], ["no data"]),
        ("matrix", [{"metric": {"__name__": "a", "b": 'c"'}, "values": [[1.5, "2"]]}], ['a{b="c\\""}', "  2 @ 1970-01-01T00:00:01.500Z"]),
        ("vector", [series("0.08800000000001093")], ["VALUE", "0.088"]),
        ("scalar", [0, "3"], ["3"]),
        ("scalar", [0, "0.1"], ["0.1"]),
        ("scalar", [0, "1732147200123456"], ["1732147200123456"]),
        ("scalar", [0, "1732147200123456.75"], ["1732147200123457"]),
        ("scalar", [0, "-1.2345678901234567e-07"], ["-1.23456789012e-07"]),
        ("scalar", [0, "NaN"], ["NaN"]),
        ("string", [0, "0.08800000000001093"], ["0.08800000000001093"]),
        ("string", [0, "x"], ["x"]),
    ],
)  # fmt: skip
def test_answers_as_text(kind, result, lines):
    assert list(format_answer(kind, result)) == lines


def test_query_without_a_server(capsys):
    status, _, err = run(capsys, "query", "up", "--url", f"http://127.0.0.1:{free_port()}")
    assert status == 1
    assert "(Connection refused); start one with `watchglass up`" in err


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (404, b"<h1>not here</h1>", "does not speak the Prometheus API: it answers with HTTP status 404 (Not Found): there is no"),
        (401, b"", "HTTP status 401 (Unauthorized): it asks for a login; set user and password in the address: http://USER:"),
        (400, b"Client sent an HTTP request to an HTTPS server.", "it speaks HTTPS; use https://127.0.0.1:"),
        (400, b'{"status":"error","errorType":"bad_data","error":"1:3: no","hint":"write `and`"}', "bad_data: 1:3: no (write `and`)\n"),
        (400, b'{"status":"error","errorType":"bad_data","error":"1:3: no"}', "bad_data: 1:3: no\n"),
    ],
)  # fmt: skip
def test_query_that_is_refused(capsys, status, body, told):
    class Other(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        Thread(target=other.handle_request, daemon=True).start()
        exit_status, _, err = run(capsys, "query", "up", "--url", f"http://127.0.0.1:{other.server_port}")
    assert exit_status == 1
    assert told in err


def write_samples(path, count=100, end="# EOF\n"):
    start = int(time.time()) - 3600
    lines = [f'old{{a="b"}} {i} {start + 15 * i}' for i in range(count)]
    path.write_text("# TYPE old gauge\n" + "\n".join(lines) + "\n" + end)


def test_import_goes_to_the_server_that_owns_the_folder(capsys, server, tmp_path, monkeypatch):
    write_samples(tmp_path / "old.om")
    data = ["--data", str(tmp_path / "data")]

    status, _, err = run(capsys, "import", "old.om", *data)
    assert status == 1
    assert "is in use by process" in err
    assert "say with --url where it does" in err

    monkeypatch.setenv("WATCHGLASS_WEB_LISTEN", server.removeprefix("http://"))
    status, out, err = run(capsys, "import", "old.om", *data)
    assert (status, err) == (0, "")
    assert out.startswith("old.om: 100 samples of 1 series, ")
    assert out.endswith(f", sent to {server}\n")

    status, out, _ = run(capsys, "query", "count_over_time(old[2h])", "--url", server, "--json")
    assert status == 0
    assert json.loads(out)["result"][0]["value"][1] == "100"

    status, _, err = run(capsys, "query", "sum(", "--url", server)
    assert status == 1
    assert "parse error" in err


def test_query_asks_the_server_of_the_settings(capsys, server, tmp_path, monkeypatch):
    address = server.removeprefix("http://")
    assert run(capsys, "query", "1 + 1", "--listen", address)[:2] == (0, "2\n")
    (tmp_path / "watchglass.yml").write_text(f"web: {{listen: ['{address}']}}\n")
    assert run(capsys, "query", "1 + 1") == (0, "2\n", f"asking {server}; --url names another server\n")
    assert run(capsys, "query", "1 + 1", "--url", server) == (0, "2\n", "")
    assert run(capsys, "query", "1 + 1", "--data", "data")[:2] == (0, "2\n")

    status, _, err = run(capsys, "query", "1 + 1", "--data", "other")
    assert status == 1
    assert f"the Watchglass at {server} runs on {tmp_path}/data, not on {tmp_path}/other; say with --url" in err
    assert run(capsys, "query", "1 + 1", "--data", "other", "--url", server)[:2] == (0, "2\n")
    monkeypatch.setenv("WATCHGLASS_WEB_LISTEN", f"127.0.0.1:{free_port()}")
    assert run(capsys, "query", "1 + 1")[0] == 1
    assert run(capsys, "query", "1 + 1", "--url", server)[:2] == (0, "2\n")


def test_import_does_not_guess_beside_a_server_on_another_folder(capsys, server, tmp_path, monkeypatch):
    write_samples(tmp_path / "old.om")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("WATCHGLASS_WEB_LISTEN", server.removeprefix("http://"))

    status, out, err = run(capsys, "import", "../old.om")
    assert (status, out) == (1, "")
    assert f"{tmp_path}/elsewhere/data does not exist, and the Watchglass at {server} runs on {tmp_path}/data" in err
    status, _, err = run(capsys, "backup", "copy")
    assert status == 1
    assert err.endswith(f"nothing to back up; the Watchglass at {server} runs on --data {tmp_path}/data\n")
    assert list((tmp_path / "elsewhere").iterdir()) == []

    assert run(capsys, "import", "../old.om", "--url", server)[1].endswith(f", sent to {server}\n")
    assert run(capsys, "import", "../old.om", "--data", "new")[1].endswith(f", into {tmp_path}/elsewhere/new\n")


def test_import_where_no_server_is(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("WATCHGLASS_WEB_LISTEN", f"127.0.0.1:{free_port()}")
    status, _, err = run(capsys, "import", "none.om")
    assert (status, err) == (1, "watchglass: none.om cannot be read: No such file or directory\n")
    assert not (tmp_path / "data").exists()

    write_samples(tmp_path / "old.om")
    assert run(capsys, "import", "old.om")[1].endswith(f", into {tmp_path}/data\n")


TASKS = """[
{"id":1,"description":"one","due":"20261121T000000Z","project":"home","priority":"H","status":"pending"},
{"id":0,"description":"two","status":"completed"}
]
"""


def test_import_counts_the_tasks_of_taskwarrior(capsys, server, tmp_path, monkeypatch):
    (tmp_path / "tasks.json").write_text(TASKS)
    taskwarrior = ["import", "--format", "taskwarrior"]

    status, out, err = run(capsys, *taskwarrior, "tasks.json", "--url", server)
    assert (status, err) == (0, "")
    assert out.startswith("tasks.json: 13 samples of 13 series, ")
    query = ["query", "--url", server, "--json"]
    result = json.loads(run(capsys, *query, 'taskwarrior_tasks{status="pending",project="home"}')[1])["result"]
    assert result[0]["value"][1] == "1"

    old = ["--time", "2026-11-20T12:00:00Z", "--data", "new"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TASKS.encode())))
    assert run(capsys, *taskwarrior, "-", *old)[1] == (
        f"-: 13 samples of 13 series, 2026-11-20 12:00:00Z to 2026-11-20 12:00:00Z, into {tmp_path}/new\n"
    )
    (tmp_path / "broken.json").write_text(TASKS.replace('"status":"completed"', '"status":"lost"'))
    for name, said in (
        ("broken.json", "broken.json: line 3: expected the status pending, "),
        ("none.json", "cannot be read"),
    ):
        status, out, err = run(capsys, *taskwarrior, name, "--data", "new")
        assert (status, out) == (1, "")
        assert said in err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            ["--format", "taskwarrior", "--time", "2026-13-20T12:00:00Z"],
            "there is no time such as 2026-13-20T12:00:00Z",
        ),
        (["--format", "taskwarrior", "--time", "1e999"], "there is no time such as 1e999"),
        (["--time", "1795305600"], "--time is for --format taskwarrior"),
    ],
)
def test_times_of_an_import_that_cannot_be(capsys, tmp_path, typed, said):
    (tmp_path / "tasks.json").write_text(TASKS)
    status, out, err = run(capsys, "import", "tasks.json", "--data", "new", *typed)
    assert (status, out, said in err) == (1, "", True), err
    assert not (tmp_path / "new").exists()


def test_import_reads_standard_input(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("WATCHGLASS_WEB_LISTEN", f"127.0.0.1:{free_port()}")
    write_samples(tmp_path / "old.om")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((tmp_path / "old.om").read_bytes())))
    assert run(capsys, "import", "-")[1].startswith("-: 100 samples of 1 series, ")


def test_a_broken_file_is_refused_by_line(capsys, server, tmp_path):
    write_samples(tmp_path / "broken.om", 60_000, "old\n" + "old 1 1\n" * 500_000)
    for target in (["--url", server], ["--data", "elsewhere"]):
        status, _, err = run(capsys, "import", "broken.om", *target)
        assert status == 1
        assert "line 60002" in err
    assert run(capsys, "query", "count_over_time(old[2h])", "--url", server)[1] == "no data\n"


def test_backup_of_a_running_server_is_a_data_folder(capsys, server, tmp_path):
    write_samples(tmp_path / "old.om")
    assert run(capsys, "import", "old.om", "--url", server)[0] == 0

    status, out, _ = run(capsys, "backup", "copy", "--data", "data")
    assert status == 0
    copy = tmp_path / "copy"
    assert f" from {tmp_path}/data in {copy}; run on it with `watchglass up --data {copy}`" in out
    status, _, err = run(capsys, "backup", "copy", "--data", "data")
    assert status == 1
    assert "exists already" in err

    # The copy is whole: it takes more, and a backup of it is one again.
    assert run(capsys, "import", "old.om", "--data", "copy")[0] == 0
    assert run(capsys, "backup", "again", "--data", "copy")[0] == 0


def test_backup_of_nothing(capsys):
    status, _, err = run(capsys, "backup", "copy", "--data", "nothing")
    assert status == 1
    assert "nothing/metrics.db does not exist" in err


@pytest.mark.parametrize(
    ("listen", "url"),
    [("127.0.0.1:1", "http://127.0.0.1:1"), ("0.0.0.0:1", "http://127.0.0.1:1"), ("[::]:1", "http://[::1]:1")],
)
def test_where_a_server_answers_to_this_machine(listen, url):
    assert own_url(Settings(web_listen=(listen,))) == url


def test_packs_are_listed_and_shown(capsys):
    status, listed, _ = run(capsys, "pack", "list")
    assert (status, [line.split()[0] for line in listed.splitlines()]) == (0, ["pack", *pack_names()])

    status, shown, _ = run(capsys, "pack", "show", "sidepanel")
    assert status == 0
    assert "sidepanel_requests_total" in shown
    assert "llm.requests" in shown


def test_a_pack_that_is_not_there(capsys):
    assert run(capsys, "pack", "show", "sidepanle") == (
        1,
        "",
        'watchglass pack show: there is no pack "sidepanle"; did you mean "sidepanel"?\n',
    )


def test_what_a_pack_has_otherwise_than_its_guide(capsys):
    status, said, _ = run(capsys, "pack", "diff", "sidepanel")
    assert status == 0
    assert said.startswith("rules.yaml > HighErrorRate > expr (misleads)\n  - rate(sidepanel_requests_total")
    assert said.endswith("7 differences: 1 breaks, 3 misleads, 2 edge_case, 1 legacy\n")


def test_a_pack_is_begun_checked_and_exported(capsys, tmp_path):
    mine = str(tmp_path / "mine")
    status, said, _ = run(capsys, "pack", "new", mine)
    assert (status, said.splitlines()[-1]) == (0, f"Now: watchglass pack check {mine}")
    status, said, _ = run(capsys, "pack", "check", mine)
    assert (status, said.splitlines()[-1]) == (0, " SUCCESS: Mine: 3 metrics, 1 job, 1 dashboard, 1 alert")
    status, said, _ = run(capsys, "pack", "export", mine, f"{mine}_stack")
    assert (status, len(said.splitlines())) == (0, 4)
    assert run(capsys, "pack", "diff", mine)[:2] == (0, "Nothing differs from the guide.\n")
    status, _, failed = run(capsys, "pack", "export", mine, mine)
    assert (status, failed) == (1, f"watchglass pack export: {mine}: is there already; name a new folder\n")


def test_an_own_pack_is_checked(capsys, tmp_path):
    (tmp_path / "metrics.yaml").write_text("metrics: []\n")
    (tmp_path / "pack.yaml").write_text("title: Mine\nabot: It\n")
    status, said, _ = run(capsys, "pack", "check", str(tmp_path))
    assert (status, said.splitlines()[1]) == (
        1,
        f'  FAILED: {tmp_path}/pack.yaml:2: unknown key "abot"; did you mean "about"?',
    )

    (tmp_path / "pack.yaml").write_text("title: Mine\nabout: It\n")
    assert run(capsys, "pack", "check", str(tmp_path))[0] == 0
