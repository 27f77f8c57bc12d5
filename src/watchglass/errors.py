"""Every exception that Watchglass raises on purpose.

The tree:

    WatchglassError
      + ConfigError          a file of the user's is wrong; names file, line, key and the nearest valid thing
      + DashboardError       a document is no dashboard, or more than a limit allows; says what was found
      + ExpositionError      a target answered with text that is not an exposition; names the line
      + QueryError           a query cannot be answered
          + QuerySyntaxError   it does not parse or type-check; names line and column
          + QueryLimitError    it would cost more than a limit allows
          + QueryTimeoutError  it took longer than it may
      + RuleError            what the expression of a rule answers cannot be used
      + StoreError           the data directory cannot be used
          + StoreLockedError   another process owns it
      + TemplateError        a Go template does not parse or cannot be rendered; the text is Go's
          + TemplateLimitError it would write, compute or nest more than a limit allows
"""

from __future__ import annotations


class WatchglassError(Exception):
    """The root of the tree; its text is written for the user."""


class ConfigError(WatchglassError):
    """A configuration file is wrong. The user can mend it.

    Attributes:
        path: the file, as the user named it; empty when there is none.
        line: 1-based line of the fault; 0 when unknown.
        key: dotted path of the key at fault, such as `scrape_configs[1].job_name`.
    """

    def __init__(self, message: str, *, path: str = "", line: int = 0, key: str = "") -> None:
        self.message, self.path, self.line, self.key = message, path, line, key
        place = f"{path}:{line}" if path and line else path
        super().__init__(": ".join(part for part in (place, key, message) if part))


class DashboardError(WatchglassError):
    """A document is no dashboard of Grafana's, or larger than a limit allows; says what was found and expected."""


class ExpositionError(WatchglassError):
    """A scraped or imported text is malformed. The target's author can mend it.

    Attributes:
        line: 1-based line of the fault; 0 when it concerns the whole body.
    """

    def __init__(self, message: str, *, line: int = 0) -> None:
        self.message, self.line = message, line
        super().__init__(f"line {line}: {message}" if line else message)


class QueryError(WatchglassError):
    """A query cannot be answered.

    Attributes:
        kind: Prometheus's `errorType`: `bad_data`, `execution`, `timeout`, `canceled`, `internal`.
    """

    kind = "execution"


class QuerySyntaxError(QueryError):
    """A query does not parse or type-check.

    Attributes:
        line: 1-based line in the query; 0 where there is none, in an empty query.
        column: 1-based column, counted in bytes as Prometheus does.
        hint: what to write instead, where that is likely; not part of the text, which is Prometheus's.
    """

    kind = "bad_data"

    def __init__(self, message: str, *, line: int = 1, column: int = 1) -> None:
        self.message, self.line, self.column = message, line, column
        self.hint = ""
        place = f"{line}:{column}" if line else "unknown position"
        super().__init__(f"{place}: parse error: {message}")


class QueryLimitError(QueryError):
    """A query would load more samples or points than a limit allows."""


class QueryTimeoutError(QueryError):
    """A query took longer than it may."""

    kind = "timeout"


class RuleError(WatchglassError):
    """What the expression of a rule answers cannot be used: too much of it, or two series that would be one."""


class StoreError(WatchglassError):
    """The data directory cannot be used: missing rights, damage, or no space."""


class StoreLockedError(StoreError):
    """Another process owns the data directory."""


class TemplateError(WatchglassError):
    """A Go template does not parse, or what it asks of its data is not there; the text is Go's."""


class TemplateLimitError(TemplateError):
    """A template would write, compute or nest more than a limit allows."""
