"""Which exposition format a target speaks: what a scrape asks for, and what a Content-Type says.

Since version 3 Prometheus refuses an answer without a usable Content-Type, unless the job names a fallback.

Source: prometheus/prometheus, model/textparse/interface.go (extractMediaType), scrape/scrape.go (acceptHeader),
config/config.go (ScrapeProtocolsHeaders). The protobuf protocol is not offered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from watchglass.errors import ExpositionError


class Format(Enum):
    """The text formats that we read and write; the value is the media type."""

    TEXT = "text/plain"
    OPENMETRICS = "application/openmetrics-text"


PROTOCOLS: Mapping[str, tuple[Format, str]] = {
    "OpenMetricsText1.0.0": (Format.OPENMETRICS, "version=1.0.0;escaping=allow-utf-8"),
    "OpenMetricsText0.0.1": (Format.OPENMETRICS, "version=0.0.1"),
    "PrometheusText1.0.0": (Format.TEXT, "version=1.0.0;escaping=allow-utf-8"),
    "PrometheusText0.0.4": (Format.TEXT, "version=0.0.4"),
}
"""The scrape protocols of `scrape_protocols` and `fallback_scrape_protocol`, and what each asks for."""

WRITTEN_AS: Mapping[Format, str] = {
    Format.TEXT: "text/plain; version=0.0.4; charset=utf-8",
    Format.OPENMETRICS: "application/openmetrics-text; version=1.0.0; charset=utf-8",
}
"""The Content-Type of what `format_families` writes."""

_HIGHEST_WEIGHT = 6  # Prometheus counts down from the number of protocols that it knows, plus one

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 -- RFC 9110's word
_MEDIA_TYPE = re.compile(rf'\s*({_TOKEN}/{_TOKEN})\s*(?:;\s*{_TOKEN}\s*=\s*(?:{_TOKEN}|"(?:[^"\\]|\\.)*")\s*)*;?\s*')


def accept_header(protocols: Sequence[str]) -> str:
    """The `Accept` header that prefers `protocols` in their order, and takes anything after them."""
    offers = [f"{PROTOCOLS[name][0].value};{PROTOCOLS[name][1]}" for name in protocols] + ["*/*"]
    return ",".join(f"{offer};q=0.{_HIGHEST_WEIGHT - rank}" for rank, offer in enumerate(offers))


def format_of(content_type: str, fallback_protocol: str = "") -> Format:
    """The format of an answer that calls itself `content_type`.

    Raises:
        ExpositionError: the header is missing, malformed or of another kind, and there is no fallback.
    """
    match = _MEDIA_TYPE.fullmatch(content_type)
    media_type = match[1].lower() if match else ""
    for known in Format:
        if media_type == known.value:
            return known
    if fallback_protocol:
        return PROTOCOLS[fallback_protocol][0]
    raise ExpositionError(_complaint(content_type, media_type))


def _complaint(content_type: str, media_type: str) -> str:
    shown = repr(content_type[:100])
    if not content_type:
        fault = "the answer has no Content-Type"
    elif media_type:
        fault = f"the answer's Content-Type {shown} is not a metrics format"
    else:
        fault = f"the answer's Content-Type {shown} is malformed"
    return f"{fault}; expected text/plain or application/openmetrics-text, or set fallback_scrape_protocol"
