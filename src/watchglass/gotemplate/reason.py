"""Why a template does not parse, told to who writes it: without the name that Go gives it, with the nearest known word."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from watchglass.errors import TemplateError

_PLACE = re.compile(r"template: .*?:(\d+): (.*)", re.DOTALL)
_UNKNOWN = re.compile(r'function "([^"]*)" not defined|undefined variable "([^"]*)"')


def reason(error: TemplateError, known: Collection[str]) -> str:
    """The fault, and on which line of the template where that is not the first.

    Args:
        error: by the parser.
        known: functions and variables (with their `$`) that the template can use.
    """
    place = _PLACE.fullmatch(str(error))
    line, said = place.groups() if place else ("1", str(error))
    unknown = _UNKNOWN.match(said)
    near = get_close_matches(unknown[1] or unknown[2] or "", known, 1) if unknown else []
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return ("" if line == "1" else f"line {line} of it: ") + said + hint
