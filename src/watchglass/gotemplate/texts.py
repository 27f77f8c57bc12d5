"""Text functions that templates of Prometheus and of Alertmanager share: case, regular expressions, escapes for URLs."""

from __future__ import annotations

import re
from urllib.parse import quote_plus, unquote_to_bytes

import re2

from watchglass.gotemplate.limits import Budget
from watchglass.gotemplate.printing import NO_VALUE, Gathered, plain, print_values
from watchglass.gotemplate.values import Value, from_bytes, go_bytes
from watchglass.regex import RegexError, compile_unanchored, replacement_parts
from watchglass.wire.quoting import go_quote, printable

_WORD = re.compile(r"[^\W_]\w*")
_WORD_WITH_MARKS = re.compile(r"[^\W_](?:\w|['\u2019.](?=\w))*")


def title(text: str, *, lower: bool) -> str:
    """Each word with a capital first; the rest in lower case, if asked for."""

    def capital(match: re.Match[str]) -> str:
        word = match[0]
        return word[0].title() + (word[1:].lower() if lower else word[1:])

    return (_WORD_WITH_MARKS if lower else _WORD).sub(capital, text)


def to_upper(text: str) -> str:
    """Upper case, a letter for a letter."""
    return text.upper() if text.isascii() else "".join(up if len(up := char.upper()) == 1 else char for char in text)


def to_lower(text: str) -> str:
    """Lower case, a letter for a letter."""
    return text.lower() if text.isascii() else "".join(char.lower()[0] for char in text)


def matches(pattern: str, text: str) -> bool:
    """Tell whether a regular expression matches anywhere in a text.

    Raises:
        ValueError: it does not compile.
    """
    return _compiled(pattern).search(printable(text)) is not None


def replace_all(budget: Budget, pattern: str, replacement: str, text: str) -> str:
    """Replace every match; in the replacement `$1` and `${name}` stand for groups.

    Raises:
        ValueError: the pattern does not compile.
    """
    try:
        compiled = _compiled(pattern)
    except ValueError as error:
        raise ValueError(f"regexp: Compile({_backquoted(pattern)}): {error}") from None
    parts = replacement_parts(replacement, compiled)
    text = printable(text)
    out, done, last = Gathered(budget), 0, -1
    for match in compiled.finditer(text):
        if match.start() == match.end() == last:
            continue  # empty, right after the match before: Go does not count it
        out.add(text[done : match.start()])
        for part in parts:
            out.add(part if isinstance(part, str) else match.group(part) or "")
        done = last = match.end()
    out.add(text[done:])
    return out.text()


def _compiled(pattern: str) -> re2._Regexp:
    try:
        return compile_unanchored(printable(pattern))
    except RegexError as error:
        fault, _, where = str(error).partition(": ")
        raise ValueError(f"error parsing regexp: {_FAULTS.get(fault, fault)}{_quoted(where)}") from None


_FAULTS = {  # RE2's words, and Go's for the same
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "no argument for repetition operator": "missing argument to repetition operator",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid repetition size": "invalid repeat count",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
    "trailing \\": "trailing backslash at end of expression",
}


def _quoted(where: str) -> str:
    return f": `{where}`" if where else ": ``"


def _backquoted(pattern: str) -> str:
    simple = all(char.isprintable() or char == "\t" for char in pattern) and "`" not in pattern
    return f"`{pattern}`" if simple else go_quote(pattern)


def query_escape(text: str) -> str:
    """A text as part of a URL's query: `+` for a space, `%xx` for what is not a letter, digit, `-`, `_`, `.` or `~`."""
    return quote_plus(go_bytes(text), safe="")


def query_unescape(text: str) -> str:
    """The reverse.

    Raises:
        ValueError: a `%` is not followed by two hexadecimal digits.
    """
    bad = re.search(r"%(?![0-9a-fA-F]{2})", text)
    if bad:
        raise ValueError(f"invalid URL escape {go_quote(text[bad.start() : bad.start() + 3])}")
    return from_bytes(unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogateescape")))


_HTML = str.maketrans({"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_JS = {char: f"\\u{ord(char):04X}" for char in "<>&="} | {"\\": "\\\\", "'": "\\'", '"': '\\"'}


def html_escape(text: str) -> str:
    """A text with HTML's special characters as entities."""
    return text.translate(_HTML)


def js_escape(text: str) -> str:
    """A text inside a JavaScript string."""
    return "".join(_js_char(char) for char in text)


def _js_char(char: str) -> str:
    if char in _JS:
        return _JS[char]
    if 0xDC80 <= ord(char) <= 0xDCFF:
        return "\\uFFFD"
    return char if char.isprintable() else f"\\u{ord(char):04X}"


def joined_text(budget: Budget, *values: Value) -> str:
    """What `html`, `js` and `urlquery` work on: a text as it is, anything else as printed."""
    if len(values) == 1 and isinstance(values[0], str):
        return plain(values[0])
    return print_values(budget, *(NO_VALUE if value is None else value for value in values))
