"""How a value is written at each kind of place in a page, so that it is a value there and nothing else.

Source: Go's html/template (html.go, js.go, css.go, url.go): which characters are escaped where, and how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from watchglass.gotemplate.html.attributes import Content, content_of
from watchglass.gotemplate.html.context import IN_TAG, Context, Delimiter, Element, State
from watchglass.gotemplate.html.safe import Html, Url
from watchglass.gotemplate.html.scripts import HTML_SPACES, decode_css
from watchglass.gotemplate.html.transition import TRANSITIONS, VALUE_ENDS
from watchglass.gotemplate.json_text import to_json
from watchglass.gotemplate.limits import Budget
from watchglass.gotemplate.printing import plain, print_values
from watchglass.gotemplate.values import VALUE, Function, Value, go_bytes

REFUSED = "ZgotmplZ"
"""Written in place of a value that cannot be made safe where it stands."""


def text_of(budget: Budget, values: tuple[Value, ...]) -> str:
    """The values as text; nil is nothing."""
    if len(values) == 1 and isinstance(values[0], str):
        return plain(values[0])
    return print_values(budget, *(value for value in values if value is not None))


def _kind(values: tuple[Value, ...], kind: type[str]) -> bool:
    return len(values) == 1 and isinstance(values[0], kind)


_HTML = {"\0": "\ufffd", '"': "&#34;", "&": "&amp;", "'": "&#39;", "+": "&#43;", "<": "&lt;", ">": "&gt;"}
_UNQUOTED = _HTML | {"\0": "&#xfffd;", "=": "&#61;", "`": "&#96;"}
_UNQUOTED |= {char: f"&#{ord(char)};" for char in "\t\n\v\f\r "}
_UNQUOTED |= {chr(code): f"&#x{code:x};" for code in (*range(0xFDD0, 0xFDF0), *range(0xFFF0, 0x10000))}
HTML, UNQUOTED = str.maketrans(_HTML), str.maketrans(_UNQUOTED)
_KEEP_ENTITIES = {ord("&"): "&"}


def _html(budget: Budget, *values: Value) -> str:
    text = text_of(budget, values)
    return text if _kind(values, Html) else text.translate(HTML)


def _rcdata(budget: Budget, *values: Value) -> str:
    return text_of(budget, values).translate(HTML | _KEEP_ENTITIES if _kind(values, Html) else HTML)


def _attribute(budget: Budget, *values: Value) -> str:
    text = text_of(budget, values)
    return strip_tags(budget, text).translate(HTML | _KEEP_ENTITIES) if _kind(values, Html) else text.translate(HTML)


def _unquoted(budget: Budget, *values: Value) -> str:
    text = text_of(budget, values)
    if not text:
        return REFUSED
    if _kind(values, Html):
        return strip_tags(budget, text).translate(UNQUOTED | _KEEP_ENTITIES)
    return text.translate(UNQUOTED)


def strip_tags(budget: Budget, markup: str) -> str:
    """The text of a piece of HTML, entities and all, without its tags and comments."""
    out: list[str] = []
    context, at = Context(), 0
    while at < len(markup):
        budget.step()
        rest = markup[at:]
        if context.delimiter is not Delimiter.NONE:
            end = VALUE_ENDS[context.delimiter].search(rest)
            if end is None:
                return "".join(out)
            at += end.start() + (context.delimiter is not Delimiter.SPACE)
            context = Context(State.TAG, element=context.element)
            continue
        special = context.element is not Element.NONE and context.state not in IN_TAG
        state = State.RCDATA if special else context.state
        later, taken = TRANSITIONS[state](context._replace(state=state), rest)
        if context.state in (State.TEXT, State.RCDATA):
            changed = later.state is not context.state
            out.append(rest[: rest.rfind("<", 0, taken)] if changed and "<" in rest[:taken] else rest[:taken])
        context, at = later, at + taken
    return "".join(out)


def _name(budget: Budget, *values: Value) -> str:
    """An attribute's name: a plain one, or refused."""
    name = text_of(budget, values).lower()
    plain_name = re.fullmatch("[0-9a-z]+", name) and content_of(name) is Content.PLAIN
    return name if plain_name else REFUSED


def _comment(_budget: Budget, *_values: Value) -> str:
    return ""


_JS = {chr(code): f"\\u{code:04x}" for code in (*range(0x20), *map(ord, "\"&'+<>`"))}
_JS |= {
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    "/": "\\/",
    "\\": "\\\\",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_JS_TEXT = str.maketrans(_JS)
_JS_TEMPLATE = str.maketrans(_JS | {"$": "\\u0024", "{": "\\u007b", "}": "\\u007d"})
_JS_REGEXP = str.maketrans(
    {key: value for key, value in _JS.items() if key != "`"} | {char: "\\" + char for char in "$()*-.?[]^{|}"}
)


def _js_text(budget: Budget, *values: Value) -> str:
    return text_of(budget, values).translate(_JS_TEXT)


def _js_template(budget: Budget, *values: Value) -> str:
    return text_of(budget, values).translate(_JS_TEMPLATE)


def _js_regexp(budget: Budget, *values: Value) -> str:
    return text_of(budget, values).translate(_JS_REGEXP) or "(?:)"


_JS_WORD = re.compile(r"[$0-9A-Za-z_]")


def _js_value(budget: Budget, *values: Value) -> str:
    """A value of JavaScript: what JSON has for it, with spaces where it could grow into a word beside it."""
    value: Value = values[0] if len(values) == 1 else print_values(budget, *values)
    own = getattr(type(value), "go_string", None)
    if own is not None and not hasattr(type(value), "json_text"):
        value = own(value)
    try:
        json = to_json(budget, value)
    except ValueError as error:
        reason = re.sub("(?i)<(/?)script", r"\\x3C\1script", str(error)).replace("*/", "* /")
        return f" /* {reason.replace('<!--', chr(92) + 'x3C!--')} */null "
    return f" {json} " if _JS_WORD.match(json[0]) or _JS_WORD.match(json[-1]) else json


_CSS = {char: f"\\{ord(char):x}" for char in "\0\t\n\f\r\"&'()+/:;<>{}"} | {"\\": "\\\\"}
_CSS_UNSAFE = frozenset("\0\"'()/;@[\\]`{}<>")
_NOT_NAME = re.compile("[^_0-9A-Za-z]")


def _css_text(budget: Budget, *values: Value) -> str:
    text = text_of(budget, values)
    return re.sub("[\0\t\n\f\r\"&'()+/:;<>{}\\\\]", lambda match: _css_escape(match, text), text)


def _css_escape(match: re.Match[str], text: str) -> str:
    """A character's escape, with a space where what follows could belong to it."""
    follows = text[match.end() : match.end() + 1]
    ends = match[0] == "\\" or (follows and follows not in HTML_SPACES + "0123456789abcdefABCDEF")
    return _CSS[match[0]] + ("" if ends else " ")


def _css_value(budget: Budget, *values: Value) -> str:
    """A value of a style: a number, colour or word; what could be more is refused."""
    text = decode_css(text_of(budget, values))
    name = _NOT_NAME.sub("", text).lower()
    unsafe = not _CSS_UNSAFE.isdisjoint(text) or "--" in text or "expression" in name or "mozbinding" in name
    return REFUSED if unsafe else text


def is_safe_url(url: str) -> bool:
    """Tell whether a URL names no protocol, or one that runs no script."""
    protocol, colon, _ = url.partition(":")
    return not colon or "/" in protocol or protocol.lower() in ("http", "https", "mailto")


_NOT_IN_URL = re.compile(rb"[^-._~A-Za-z0-9!#$&*+,/:;=?@\[\]%]|%(?![0-9a-fA-F]{2})")
_NOT_IN_QUERY = re.compile(rb"[^-._~A-Za-z0-9]")


def escape_url(url: str, *, normalise: bool) -> str:
    """A URL with what may not stand in one escaped; or, not to `normalise`, a part of one with what has a meaning there."""
    refused = _NOT_IN_URL if normalise else _NOT_IN_QUERY
    return refused.sub(lambda match: b"%%%02x" % match[0][0], go_bytes(url)).decode("ascii")


def _url_filter(budget: Budget, *values: Value) -> str:
    text = text_of(budget, values)
    return text if _kind(values, Url) or is_safe_url(text) else "#" + REFUSED


def _url_normalise(budget: Budget, *values: Value) -> str:
    return escape_url(text_of(budget, values), normalise=True)


def _url_escape(budget: Budget, *values: Value) -> str:
    return escape_url(text_of(budget, values), normalise=_kind(values, Url))


_SOURCE = re.compile(r"([ \t\n\f\r]*)([^ \t\n\f\r]*)([ \t\n\f\r0-9A-Za-z]*)")


def _srcset(budget: Budget, *values: Value) -> str:
    text = text_of(budget, values)
    if _kind(values, Url):
        return escape_url(text, normalise=True).replace(",", "%2c")
    return ",".join(map(_source, text.split(",")))


def _source(source: str) -> str:
    found = _SOURCE.fullmatch(source)
    if found is None or not is_safe_url(found[2]):
        return "#" + REFUSED
    return found[1] + escape_url(found[2], normalise=True) + found[3]


def _evaluated(budget: Budget, *values: Value) -> str:
    """The arguments of an escaper that a template calls itself, as one text."""
    if len(values) == 1 and isinstance(values[0], str):
        return plain(values[0])
    return print_values(budget, *values)


def _of(call: Callable[..., str]) -> Function:
    return Function(call, (VALUE,), variadic=True, counted=True)


PREFIX = "_html_template_"
EVALUATE = "_eval_args_"

ESCAPERS: Mapping[str, Function] = {
    EVALUATE: _of(_evaluated),
    PREFIX + "attrescaper": _of(_attribute),
    PREFIX + "commentescaper": _of(_comment),
    PREFIX + "cssescaper": _of(_css_text),
    PREFIX + "cssvaluefilter": _of(_css_value),
    PREFIX + "htmlnamefilter": _of(_name),
    PREFIX + "htmlescaper": _of(_html),
    PREFIX + "jsregexpescaper": _of(_js_regexp),
    PREFIX + "jsstrescaper": _of(_js_text),
    PREFIX + "jstmpllitescaper": _of(_js_template),
    PREFIX + "jsvalescaper": _of(_js_value),
    PREFIX + "nospaceescaper": _of(_unquoted),
    PREFIX + "rcdataescaper": _of(_rcdata),
    PREFIX + "srcsetescaper": _of(_srcset),
    PREFIX + "urlescaper": _of(_url_escape),
    PREFIX + "urlfilter": _of(_url_filter),
    PREFIX + "urlnormalizer": _of(_url_normalise),
}
"""By the names that Go gives them, which its messages show."""
