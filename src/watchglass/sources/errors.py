"""What goes wrong with a source: it is gone, it refuses a query, or it is this very process."""

from __future__ import annotations

from watchglass.errors import QueryError

BAD_GATEWAY = 502


class SourceError(QueryError):
    """A source has refused a query; kind and text are its own, and the text names the source.

    Attributes:
        kind: the `errorType` that the source gave.
    """

    def __init__(self, message: str, *, kind: str = "execution") -> None:
        self.kind = kind
        super().__init__(message)


class SourceGoneError(SourceError):
    """A source cannot be asked: nobody answers, or what answers is not what it should be.

    Attributes:
        status: the HTTP status code that says so to whoever asked us.
    """

    status = BAD_GATEWAY

    def __init__(self, message: str) -> None:
        super().__init__(message, kind="unavailable")


class SourceTimeoutError(SourceError):
    """A source did not answer in time; whether it is gone or only slow is not known."""

    def __init__(self, message: str) -> None:
        super().__init__(message, kind="timeout")


class ReachesSelfError(SourceError):
    """The address of a source reaches this very process."""
