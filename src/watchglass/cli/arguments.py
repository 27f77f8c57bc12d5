"""The command line's grammar: one row a command; the flags of `up` come from the table of settings."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from watchglass.config.kinds import BOOLEAN, parse_source_url
from watchglass.config.settings import IGNORED_FLAGS, Row, rows
from watchglass.version import __version__

_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)|[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII
)

_SEED_DIGITS = 18
_CHECK_CONFIG = (
    "Say what is wrong with configuration files: every fault with its line, up to 20 a file. The files that they name are "
    "looked at, too: a rules file that is wrong, a missing rules file, secret file or certificate fails the check. "
    "`watchglass up` starts all the same where a file is missing: it warns of rules files, and targets that need one are down."
)

_CHECK_DASHBOARDS = (
    "Say what becomes of Grafana's dashboards here: whether each imports, what of it is translated, and for every panel "
    "that asks a Prometheus whether type, queries, units, thresholds and legend are right, with the reason where not."
)
_CHECK_RULES = "Say what is wrong with rule files: every fault with its line, up to 20 a file."
_CHECK_ROUTES = (
    "Say what is wrong with files of Alertmanager's: every fault with its line, up to 20 a file; which receivers send nothing "
    "because a secret is missing or a placeholder; and what has no effect here."
)
_CHECKED = ("config", "dashboards", "rules", "routes", "files")


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        module: its `run(options) -> int` does the work; imported only then.
        needs_server: it does not work with the SDK alone.
    """

    name: str
    help: str
    module: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    needs_server: bool = True


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: the command and its options."""

    command: Command
    options: argparse.Namespace


class _Parser(argparse.ArgumentParser):
    """argparse that names the nearest flag when one is unknown."""

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        options, unknown = self.parse_known_args(arguments)
        if unknown:
            current = getattr(options, "parser", self)
            current.error(_unknown(unknown[0], list(current._option_string_actions)))  # noqa: SLF001 - no public way
        return options

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\nTry `{self.prog} --help`.\n")


def _unknown(text: str, flags: Sequence[str]) -> str:
    flag = text.partition("=")[0]
    if not flag.startswith("-"):
        return f"unexpected argument {flag}"
    near = get_close_matches(flag, [name for name in flags if name.startswith("--")], 1, 0.5)
    return f"unknown flag {flag}" + (f"; did you mean {near[0]}?" if near else "")


def parse_arguments(arguments: Sequence[str]) -> Typed:
    """Parse the command line; exits with status 2 where it is wrong, and 0 after `--help` and `--version`."""
    parser = _Parser(
        prog="watchglass",
        description="The complete monitoring stack for an AI application in one process.",
        epilog="Start with `watchglass up`, then open http://127.0.0.1:9090.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"watchglass {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="name")
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.help, description=command.help, allow_abbrev=False)
        command.add_arguments(sub)
        sub.set_defaults(command=command, parser=sub)
    _check_command(parser, arguments)
    options = parser.parse(_named_check(arguments))
    if options.name is None:
        parser.print_help()
        sys.exit(0)
    return Typed(options.command, options)


def _check_command(parser: _Parser, arguments: Sequence[str]) -> None:
    first = next((word for word in arguments if not word.startswith("-")), "")
    names = [command.name for command in COMMANDS]
    if first and first not in names:
        near = get_close_matches(first, names, 1, 0.5)
        parser.error(f"unknown command {first}" + (f"; did you mean {near[0]}?" if near else ""))


class _NoteSetting(argparse.Action):
    """Collects the texts given for a setting, and the flag by which it was called."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option: str | None = None
    ) -> None:
        """Note one occurrence: of a plain setting the last one counts, those of a list add up."""
        del parser
        is_on = not (option or "").startswith("--no-")
        text = values if isinstance(values, str) else str(is_on).lower()
        namespace.flags.setdefault(self.dest, []).append(text)
        namespace.flag_names[self.dest] = option or ""


def _add_settings(parser: argparse.ArgumentParser, *names: str) -> None:
    """Give the parser the flags of the named settings, or of all, grouped as the settings file is."""
    parser.set_defaults(flags={}, flag_names={}, ignored=[])
    groups = {"": parser.add_argument_group("what to run")}
    groups[""].add_argument(
        "--settings", metavar="FILE", default="", help="our own settings, else watchglass.yml beside the configuration"
    )
    for row in rows():
        if names and row.name not in names:
            continue
        section = row.name.rpartition(".")[0]
        if section not in groups:
            groups[section] = parser.add_argument_group(section)
        _add_setting(groups[section], row)


def _add_setting(group: argparse._ArgumentGroup, row: Row) -> None:
    """Show the shortest name of ours; a Prometheus name and `--no-...` work without taking room in the help."""
    is_switch = row.kind is BOOLEAN
    shown = min(row.flags[:2], key=len) if "." not in min(row.flags[:2], key=len) else row.flags[0]
    others = [flag for flag in row.flags if flag != shown]
    if is_switch:
        others += [flag.replace("--", "--no-", 1) for flag in row.flags]
    text = row.help[0].lower() + row.help[1:]
    default = f"default: {row.default_text}" if row.default_text not in {"", "0", "false"} else ""
    if told := "; ".join(filter(None, (row.kind.bounds, default))):
        text += f" ({told})"
    for flags, described in (([shown], text.replace("%", "%%")), (others, argparse.SUPPRESS)):
        if flags:
            group.add_argument(
                *flags,
                dest=row.name,
                action=_NoteSetting,
                nargs=0 if is_switch else None,
                metavar=None if is_switch else row.kind.metavar,
                default=argparse.SUPPRESS,
                help=described,
            )


class _NoteIgnored(argparse.Action):
    """Notes a flag of Prometheus that has no effect here."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option: str | None = None
    ) -> None:
        """Note one occurrence."""
        del parser, values
        namespace.ignored.append(option)


def _add_up(parser: argparse.ArgumentParser) -> None:
    parser.usage = "%(prog)s [FLAG ...]"
    _add_settings(parser)
    for flag, takes_value in IGNORED_FLAGS.items():
        names = [flag] if takes_value else [flag, flag.replace("--", "--no-", 1)]
        nargs = None if takes_value else 0
        parser.add_argument(
            *names, dest="ignored", action=_NoteIgnored, nargs=nargs, default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.usage = "%(prog)s FOLDER...\n       %(prog)s FILE...\n       %(prog)s WHAT FILE..."
    parser.epilog = (
        "Without WHAT, folders and JSON files are taken for dashboards, `watchglass check ./dashboards`, and each other file "
        "for what it holds: `watchglass check prometheus.yml rules.yml alertmanager.yml`."
    )
    kinds = parser.add_subparsers(title="what to check", metavar="WHAT", dest="what", required=True, prog=parser.prog)
    config = kinds.add_parser(
        "config",
        help="a prometheus.yml or watchglass.yml",
        description=_CHECK_CONFIG,
        epilog="Exit status: 0 every file is right, 1 one is wrong. The report goes to standard output.",
        allow_abbrev=False,
    )
    config.add_argument("files", nargs="+", metavar="FILE", help="a prometheus.yml, or a watchglass.yml by that name")
    config.add_argument("--strict", action="store_true", help="also refuse what Watchglass does not do yet")
    config.set_defaults(parser=config)
    dashboards = kinds.add_parser(
        "dashboards",
        help="Grafana's dashboards, in files or folders; also `watchglass check FOLDER`",
        description=_CHECK_DASHBOARDS,
        epilog="Exit status: 0 all of them import and every panel is right, 1 one does not. The report goes to standard output.",
        allow_abbrev=False,
    )
    dashboards.add_argument("files", nargs="+", metavar="FILE", help="a dashboard's JSON, or a folder of them")
    dashboards.add_argument("--all", action="store_true", help="also list what was read of the panels that are right")
    dashboards.set_defaults(parser=dashboards)
    _add_check_rules(kinds)
    _add_check_routes(kinds)
    files = kinds.add_parser(
        "files",
        help="any of these, each by what it holds; also `watchglass check FILE...`",
        description="Say what is wrong with files, each by the check that fits the keys at its top.",
        epilog="Exit status: 0 every file is right, 1 one is wrong. The report goes to standard output.",
        allow_abbrev=False,
    )
    files.add_argument("files", nargs="+", metavar="FILE", help="a file of any kind, or a folder of dashboards")
    files.set_defaults(parser=files)


def _add_check_rules(kinds: Any) -> None:
    rules = kinds.add_parser(
        "rules",
        help="rule files",
        description=_CHECK_RULES,
        epilog="Exit status: 0 every file is right, 1 one is wrong, 3 with --lint-fatal where a rule is there twice.",
        allow_abbrev=False,
    )
    rules.add_argument("files", nargs="+", metavar="FILE", help="a file of recording and alerting rules")
    rules.add_argument("--lint-fatal", action="store_true", help="fail where a rule is there twice")
    rules.set_defaults(parser=rules)


def _add_check_routes(kinds: Any) -> None:
    routes = kinds.add_parser(
        "routes",
        help="an alertmanager.yml",
        description=_CHECK_ROUTES,
        epilog="Exit status: 0 every file is right, 1 one is wrong. The report goes to standard output.",
        allow_abbrev=False,
    )
    routes.add_argument("files", nargs="+", metavar="FILE", help="an alertmanager.yml")
    routes.set_defaults(parser=routes)


def _add_test(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(title="what to test", metavar="WHAT", dest="what", required=True, prog=parser.prog)
    rules = kinds.add_parser(
        "rules",
        help="rules, by test files in promtool's form",
        description="Run tests of rules: input series, and which alerts fire or what expressions answer at a time.",
        epilog="Exit status: 0 all tests pass, 1 one fails or a file is wrong. The report goes to standard output.",
        allow_abbrev=False,
    )
    rules.add_argument("files", nargs="+", metavar="FILE", help="a test file, which names its rule files")
    rules.add_argument(
        "--run", action="append", default=[], type=_pattern, metavar="REGEX", help="only tests whose name it matches"
    )
    rules.set_defaults(parser=rules)


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f'"{text}" is no regular expression: {error}') from None
    return text


def _named_check(arguments: Sequence[str]) -> Sequence[str]:
    """`check FOLDER` and `check FILE.json` mean dashboards, other files each its own check; a mere word is one, mistyped."""
    if not arguments or arguments[0] != "check":
        return arguments
    words = [word for word in arguments[1:] if not word.startswith("-")]
    if not words or words[0] in _CHECKED:
        return arguments
    paths = [Path(word) for word in words]
    is_word = not paths[0].suffix and "/" not in words[0]
    if is_word and (get_close_matches(words[0], _CHECKED, 1, 0.8) or not paths[0].exists()):
        return arguments
    is_boards = all(path.suffix == ".json" or path.is_dir() or not (path.suffix or path.exists()) for path in paths)
    return ["check", "dashboards" if is_boards else "files", *arguments[1:]]


def _url(text: str) -> str:
    try:
        return parse_source_url(text or "://")
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _time(text: str) -> str:
    """A time as the API takes it; the server reads it."""
    if _TIME.fullmatch(text):
        return text
    raise argparse.ArgumentTypeError(
        f'expected a time such as 2026-11-21T18:00:00Z, or seconds since 1970, not "{text}"'
    )


def _add_query(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("expression", metavar="EXPR", help="a PromQL expression")
    parser.add_argument(
        "--url",
        type=_url,
        default=None,
        help="the server to ask, without /graph or /api/v1 (default: the first listen address of the settings)",
    )
    parser.add_argument(
        "--time",
        type=_time,
        default=None,
        help="evaluate at this time instead of now: 2026-11-21T18:00:00Z, or seconds since 1970",
    )
    parser.add_argument("--json", action="store_true", help="print the answer as it came, every digit of it")
    _add_settings(parser, "config", "data", "web.listen")


def _add_view(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Keys: numbers and left and right choose a dashboard, up and down scroll, r asks again, q quits."
    parser.add_argument(
        "pack", metavar="PACK", help="a pack that the server has switched on, or the uid of a dashboard"
    )
    parser.add_argument(
        "dashboard", metavar="DASHBOARD", nargs="?", help="its number, uid or title (default: the pack's start page)"
    )
    parser.add_argument("--once", action="store_true", help="print it once; so does output that is no terminal")
    parser.add_argument(
        "--url", type=_url, default=None, help="the server to ask (default: the first listen address of the settings)"
    )
    _add_settings(parser, "config", "data", "web.listen")


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="timestamped OpenMetrics, ending with `# EOF`, or what --format says; - for standard input",
    )
    parser.add_argument(
        "--format",
        choices=("openmetrics", "taskwarrior"),
        default="openmetrics",
        help="what the files hold: openmetrics (default), or taskwarrior for what `task export` prints, which is counted",
    )
    parser.add_argument(
        "--time",
        type=_time,
        default=None,
        help="when a Taskwarrior export was made (default: now): 2026-11-21T18:00:00Z, or seconds since 1970",
    )
    parser.add_argument(
        "--url",
        type=_url,
        default=None,
        help="send to this running server (default: import into the data folder, or send to the server that runs on it)",
    )
    _add_settings(parser, "config", "data")


def _add_backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="a new folder, to be used as a data folder later")
    _add_settings(parser, "config", "data")


_DEMO = (
    "Simulate five systems with their past, and watch them. Two things go wrong at the start: alerts fire within about a minute, one of"
    " them resolves after some more, and an inbox on this machine, whose address is printed, is told of them."
)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.description = _DEMO
    parser.add_argument(
        "--pack",
        dest="packs",
        action="append",
        default=[],
        metavar="NAME",
        help="a system to show; all five unless given",
    )
    parser.add_argument("--days", type=_days, default=30, metavar="N", help="days of their past (default: 30)")
    parser.add_argument(
        "--scenario",
        dest="scenarios",
        action="append",
        default=[],
        metavar="NAME",
        help="goes wrong a minute after the start, such as sidepanel-errors, in the place of the two; may be given several times",
    )
    parser.add_argument("--seed", type=_seed, default=1, metavar="N", help="what chance begins with (default: 1)")
    parser.add_argument(
        "--folder", default="demo-data", metavar="FOLDER", help="where data and logs go (default: demo-data)"
    )
    parser.add_argument("--fresh", action="store_true", help="forget the data of earlier demos")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    _add_settings(parser, "web.listen", "log.level")


def _seed(text: str) -> int:
    if text.isdecimal() and len(text) <= _SEED_DIGITS:
        return int(text)
    raise argparse.ArgumentTypeError(
        f'expected a whole number from 0 on, of at most {_SEED_DIGITS} digits, not "{text}"'
    )


def _days(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 365:
        return int(text)
    raise argparse.ArgumentTypeError(f'expected a number of days from 1 to 365, not "{text}"')


def _add_pack(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=_Parser)
    listed = kinds.add_parser("list", help="the packs that ship", allow_abbrev=False)
    listed.set_defaults(parser=listed)
    show = kinds.add_parser("show", help="what a pack knows of its system", allow_abbrev=False)
    show.add_argument("pack", metavar="PACK", help="the name of a pack that ships, or the folder of one's own")
    show.set_defaults(parser=show)
    check = kinds.add_parser("check", help="what is wrong with one's own", allow_abbrev=False)
    check.add_argument("folders", nargs="+", metavar="FOLDER", help="a folder with pack.yaml and metrics.yaml")
    check.set_defaults(parser=check)
    diff = kinds.add_parser("diff", help="what differs from the text of a guide, and why", allow_abbrev=False)
    diff.add_argument("pack", metavar="PACK", help="the name of a pack that ships, or the folder of one's own")
    diff.set_defaults(parser=diff)
    new = kinds.add_parser("new", help="begin one's own, from a template or another pack", allow_abbrev=False)
    new.add_argument("folder", metavar="FOLDER", help="a new folder, called as the system is")
    new.add_argument(
        "--from", dest="source", metavar="PACK", help="a copy of another one, to have addresses of one's own"
    )
    new.set_defaults(parser=new)
    export = kinds.add_parser("export", help="files for Prometheus, Alertmanager and Grafana", allow_abbrev=False)
    export.add_argument("pack", metavar="PACK", help="the name of a pack that ships, or the folder of one's own")
    export.add_argument("folder", metavar="FOLDER", help="a new folder for them")
    export.add_argument("--as-written", action="store_true", help="the text of the guide, unchanged")
    export.set_defaults(parser=export)


def _add_routes(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=_Parser)
    show = kinds.add_parser("show", help="draw the tree, with what each route inherits", allow_abbrev=False)
    show.add_argument("file", metavar="FILE", help="an alertmanager.yml")
    show.set_defaults(parser=show)
    test = kinds.add_parser("test", help="say where an alert with these labels goes", allow_abbrev=False)
    test.add_argument("file", metavar="FILE", help="an alertmanager.yml")
    test.add_argument("labels", nargs="*", metavar="LABEL=VALUE", help="the labels of an alert")
    test.add_argument("--verify", metavar="RECEIVERS", help="fail unless these receivers hear of it: a,b")
    test.set_defaults(parser=test)


def _add_silence(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=_Parser)
    matchers = "which alerts: LABEL=VALUE, with !=, =~ or !~ too; the first may be the name of an alert alone"
    add = kinds.add_parser("add", help="keep alerts quiet for a while; prints the id", allow_abbrev=False)
    add.add_argument("matchers", nargs="+", metavar="MATCHER", help=matchers)
    add.add_argument("--duration", default="1h", help="for how long (default: 1h)")
    add.add_argument("--start", type=_time, default=None, metavar="TIME", help="from when on (default: now)")
    add.add_argument("--end", type=_time, default=None, metavar="TIME", help="until when, instead of --duration")
    add.add_argument("--comment", default="", help="why")
    add.add_argument("--author", default="", help="who (default: the user of this machine)")
    listed = kinds.add_parser("list", help="those that are active or pending", allow_abbrev=False)
    listed.add_argument("matchers", nargs="*", metavar="MATCHER", help="only those that have these matchers")
    listed.add_argument("--expired", action="store_true", help="also those that have ended")
    listed.add_argument("--json", action="store_true", help="print the answer as it came")
    show = kinds.add_parser("show", help="one of them", allow_abbrev=False)
    show.add_argument("id", metavar="ID")
    show.add_argument("--json", action="store_true", help="print the answer as it came")
    expire = kinds.add_parser("expire", help="end one now", allow_abbrev=False)
    expire.add_argument("ids", nargs="+", metavar="ID")
    for each in (add, listed, show, expire):
        each.add_argument(
            "--url",
            type=_url,
            default=None,
            help="the server, ours or an Alertmanager (default: the first listen address of the settings)",
        )
        _add_settings(each, "config", "data", "web.listen")
        each.set_defaults(parser=each)


def _add_test_alert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "labels", nargs="*", metavar="LABEL=VALUE", help="its labels (default: alertname=WatchglassTest)"
    )
    parser.add_argument("--severity", default="warning", help="its severity (default: warning)")
    parser.add_argument("--system", default="", help="its system, such as the name of a pack")
    parser.add_argument(
        "--timeout", default="", metavar="DURATION", help="wait so long (default: the group's wait and 30 s)"
    )
    parser.add_argument(
        "--url", type=_url, default=None, help="the server (default: the first listen address of the settings)"
    )
    _add_settings(parser, "config", "data", "web.listen")


COMMANDS: tuple[Command, ...] = (
    Command("up", "Collect, store, answer and draw", "watchglass.cli.up", _add_up),
    Command("demo", "Simulate five systems with their past, and watch them", "watchglass.cli.demo", _add_demo),
    Command(
        "check", "Say what is wrong with a configuration file, rules or a dashboard", "watchglass.cli.check", _add_check
    ),
    Command("test", "Test rules, by files in promtool's form", "watchglass.cli.rules", _add_test),
    Command(
        "import",
        "Take samples in, from files of timestamped OpenMetrics or an export of Taskwarrior",
        "watchglass.cli.imports",
        _add_import,
    ),
    Command("backup", "Copy the data folder, whether a server runs on it or not", "watchglass.cli.backup", _add_backup),
    Command(
        "query",
        "Ask a running server, and print a table, or `no data`",
        "watchglass.cli.query",
        _add_query,
        needs_server=False,
    ),
    Command(
        "view",
        "Show a dashboard of a running server in the terminal, live",
        "watchglass.cli.view",
        _add_view,
        needs_server=False,
    ),
    Command(
        "routes",
        "Where alerts go: show the tree of an alertmanager.yml, test labels",
        "watchglass.cli.routes",
        _add_routes,
    ),
    Command(
        "test-alert",
        "Send a test alert by the real route of a running server, and say who was told",
        "watchglass.cli.alert_trial",
        _add_test_alert,
    ),
    Command("silence", "Silences of a running server: add, list, show, expire", "watchglass.cli.silence", _add_silence),
    Command(
        "pack",
        "What is known of a system: list, show, check, diff, new, export",
        "watchglass.cli.pack",
        _add_pack,
        needs_server=False,
    ),
)
