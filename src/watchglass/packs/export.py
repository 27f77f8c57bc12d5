"""A pack as files for a stock stack: Prometheus, Alertmanager and Grafana, under the names that the system's guide uses."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from watchglass.errors import ConfigError
from watchglass.packs.pack import ADDED, AS_WRITTEN, ROUTES_FILE, Job, Pack
from watchglass.packs.rules import RULES_FILE

SCRAPE_FILE = "prometheus.yml"
DEFAULT_FILES = {
    "scrape": SCRAPE_FILE,
    "rules": "rules.yml",
    "routes": "alertmanager.yml",
    "dashboards": "dashboards",
}
"""What a file is called where the pack does not say."""

_PLAIN = re.compile(r"(?!(?:null|true|false|yes|no|on|off|y|n)\Z)[a-z][a-z0-9_-]*")
_PLAIN_PATH = re.compile(r"/[\w/.-]*")
_HERE = ("localhost", "127.0.0.1", "[::1]")


def export_pack(pack: Pack, folder: Path, *, as_written: bool = False) -> list[Path]:
    """Write the files into a folder that is new or empty.

    Args:
        pack: what to write.
        folder: where to.
        as_written: the text of the system's guide, unchanged, in the place of ours.

    Returns:
        the files, in the order of their names.

    Raises:
        ConfigError: the folder has something in it, the pack has nothing as written, two files have one name, or one cannot be written.
    """
    files: dict[str, str] = {}
    for name, text in _written(pack) if as_written else _corrected(pack):
        if name in files:
            raise ConfigError(f"two files would be called {name}", path=str(pack.folder / "pack.yaml"), key="files")
        files[name] = text
    if not files:
        raise ConfigError(f"{pack.title} has nothing as its guide has it", path=str(pack.folder))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError("is there already; name a new folder", path=str(folder))
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror or error}", path=str(error.filename or folder)) from None
    return sorted(folder / name for name in files)


def _corrected(pack: Pack) -> Iterator[tuple[str, str]]:
    if pack.jobs:
        yield _name(pack, "scrape"), scrape_text(pack)
    if (path := pack.folder / RULES_FILE).is_file():
        yield _name(pack, "rules"), _probed(path.read_text(encoding="utf-8"), pack)
    if (path := pack.folder / ADDED / RULES_FILE).is_file():
        yield _added_name(pack), _probed(path.read_text(encoding="utf-8"), pack)
    if (path := pack.folder / ROUTES_FILE).is_file():
        yield _name(pack, "routes"), path.read_text(encoding="utf-8")
    yield from _boards(pack, pack.folder / "dashboards")


def _written(pack: Pack) -> Iterator[tuple[str, str]]:
    folder = pack.folder / AS_WRITTEN
    for key, name in (("scrape", SCRAPE_FILE), ("rules", RULES_FILE), ("routes", ROUTES_FILE)):
        if (path := folder / name).is_file():
            yield _name(pack, key), path.read_text(encoding="utf-8")
    yield from _boards(pack, folder / "dashboards")


def _name(pack: Pack, key: str) -> str:
    return pack.files.get(key, DEFAULT_FILES[key])


def _added_name(pack: Pack) -> str:
    """Of the rules that the guide does not have, beside those that it has."""
    path = PurePosixPath(_name(pack, "rules"))
    return str(path.with_name(f"added.{path.name}"))


def _boards(pack: Pack, folder: Path) -> Iterator[tuple[str, str]]:
    """Dashboards, and the provider file by which Grafana finds them."""
    paths = sorted(folder.glob("*.json"))
    into = _name(pack, "dashboards")
    for path in paths:
        name = f"{into}/{path.name}"
        if path.stem == pack.start:
            name = pack.files.get("start", name)
        yield name, path.read_text(encoding="utf-8")
    if paths:
        yield f"{into}.yml", provider_text(pack)


def provider_text(pack: Pack) -> str:
    """The provider file for Grafana, which expects the dashboards below /var/lib/grafana/dashboards."""
    title = "'" + pack.title.replace("'", "''") + "'"
    return (
        "apiVersion: 1\n"
        "providers:\n"
        f"  - name: {title}\n"
        f"    folder: {title}\n"
        "    type: file\n"
        "    options:\n"
        f"      path: /var/lib/grafana/dashboards/{pack.name.replace('_', '-')}\n"
    )


def scrape_text(pack: Pack) -> str:
    """The `prometheus.yml` of a pack's jobs, with its rules and an Alertmanager wired in."""
    lines = [
        f"# Scrapes {pack.title}.",
        "global:",
        "  scrape_interval: 15s",
        "  evaluation_interval: 15s",
        "",
    ]
    if rules := _rule_files(pack):
        lines += ["rule_files:", *(f"  - {path}" for path in rules)]
        lines += ["", "alerting:", "  alertmanagers:", "    - static_configs:"]
        lines += [f'        - targets: ["{_beside(pack, "alertmanager")}:9093"]', ""]
    lines.append("scrape_configs:")
    for job in pack.jobs:
        lines += [*_job(pack, job), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rule_files(pack: Pack) -> list[str]:
    """The exported files of rules, as the `prometheus.yml` names them."""
    files = {RULES_FILE: _name(pack, "rules"), f"{ADDED}/{RULES_FILE}": _added_name(pack)}
    beside = PurePosixPath(_name(pack, "scrape")).parent
    return [os.path.relpath(name, beside) for path, name in files.items() if (pack.folder / path).is_file()]


def _beside(pack: Pack, service: str) -> str:
    """The host of a service beside the targets: this one where they are on it, else it is called as the service is."""
    hosts = {target.rpartition(":")[0] for job in pack.jobs for target in job.targets}
    return "localhost" if hosts <= set(_HERE) else service


def _job(pack: Pack, job: Job) -> Iterator[str]:
    yield f"  - job_name: {job.name if _PLAIN.fullmatch(job.name) else _quoted(job.name)}"
    if job.optional:
        yield "    # The system does without it."
    if job.scrape_interval:
        yield f"    scrape_interval: {job.scrape_interval}"
    if job.kind == "http_probe":
        yield from _probe(pack, job)
    else:
        path = job.metrics_path
        yield f"    metrics_path: {path if _PLAIN_PATH.fullmatch(path) else _quoted(path)}"
    yield "    static_configs:"
    if not job.targets:
        yield "      # The guide names none: HOST:PORT."
    yield f"      - targets: [{', '.join(map(_quoted, job.targets))}]"


def _quoted(text: str) -> str:
    """A text as YAML takes it whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def _probe(pack: Pack, job: Job) -> Iterator[str]:
    """What asks whether a target answers at all: for Prometheus, a blackbox_exporter."""
    yield "    # It exposes no metrics: a blackbox_exporter asks whether it answers."
    yield "    metrics_path: /probe"
    yield "    params: {module: [http_2xx]}"
    yield "    relabel_configs:"
    asked = _quoted(f"http://$1{job.metrics_path.replace('$', '$$')}")
    yield f"      - {{source_labels: [__address__], target_label: __param_target, replacement: {asked}}}"
    yield "      - {source_labels: [__address__], target_label: instance}"
    yield f'      - {{target_label: __address__, replacement: "{_beside(pack, "blackbox-exporter")}:9115"}}'


def _probed(rules: str, pack: Pack) -> str:
    """Rules as a blackbox_exporter needs them: there `up` tells of the exporter, and `probe_success` of the target."""
    for job in pack.jobs:
        if job.kind == "http_probe":
            selector = re.escape(f'up{{job="{job.name}"}}')
            rules = re.sub(rf"(?<![\w:]){selector}", lambda found: f"probe_success{found[0][2:]}", rules)
    return rules
