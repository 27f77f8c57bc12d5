"""What `watchglass check config` looks at beyond the text: the files that a configuration names.

Source: prometheus/prometheus, cmd/promtool/main.go (checkConfig, checkTLSConfig, checkSDFile).
"""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path

from watchglass.collect.discovery.files import FileLimits, list_files, read_group_file
from watchglass.collect.discovery.groups import ADDRESS
from watchglass.collect.job import FileDiscovery, ScrapeJob
from watchglass.config.prometheus import PrometheusConfig
from watchglass.errors import ConfigError
from watchglass.rules.read import matching_files, read_rule_file
from watchglass.wire.faults import Faults


def check_named_files(config: PrometheusConfig) -> Iterator[str]:
    """Look at every file that a configuration names; what comes out are warnings.

    Raises:
        ConfigError: at the end, when a file that must be there is not, or does not hold what it should.
    """
    faults = Faults()
    for pattern in config.rule_files:
        if "*" not in pattern and not glob.glob(pattern):  # noqa: PTH207 - Path.glob takes no absolute pattern
            message = f'"{pattern}" does not point to an existing file'
            faults.add(ConfigError(message, path=config.path, key="rule_files"))
    for name in matching_files(config.rule_files):
        with faults.kept():
            read_rule_file(Path(name), legacy_names=config.global_.name_validation == "legacy")
    for job in config.jobs:
        for what, path in _named_by(job):
            if path and not Path(path).exists():
                faults.add(ConfigError(f'{what} "{path}" does not exist', path=config.path, key=f"job {job.name}"))
        yield from _check_discovery(job, config.path, faults)
    faults.check()


def _named_by(job: ScrapeJob) -> Iterator[tuple[str, str]]:
    http = job.http
    if http.authorization:
        yield "authorization credentials or bearer token file", http.authorization.credentials.file
    if http.basic_auth:
        yield "password file", http.basic_auth.password.file
        yield "username file", http.basic_auth.username_file
    yield "CA file", http.tls.ca_file
    yield "client cert file", http.tls.cert_file
    yield "client key file", http.tls.key_file


def _check_discovery(job: ScrapeJob, path: str, faults: Faults) -> Iterator[str]:
    limits = FileLimits()
    for discovery in job.discovery:
        for pattern in discovery.files if isinstance(discovery, FileDiscovery) else ():
            files = list_files([pattern], limits)
            if not files:
                yield f'file "{pattern}" for file_sd in scrape job "{job.name}" does not exist'
            for file in files:
                with faults.kept():
                    _check_groups(file, job, path, limits)


def _check_groups(file: str, job: ScrapeJob, path: str, limits: FileLimits) -> None:
    groups, _ = read_group_file(file, limits)
    addresses = [target.get(ADDRESS) for group in groups for target in group.targets]
    bad = next((address for address in addresses if "/" in address and not job.relabel), "")
    if bad:
        raise ConfigError(f'"{bad}" in "{file}" is not a valid hostname', path=path, key=f"job {job.name}")
