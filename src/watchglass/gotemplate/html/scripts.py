"""How a browser reads scripts and styles: where texts, comments, regular expressions and URLs begin and end in them.

Each function takes the context and the text that follows, and gives the context after some of it and how much that was.
Source: Go's html/template (transition.go, js.go, css.go).
"""

from __future__ import annotations

import re

from watchglass.gotemplate.html.context import Context, Slash, State, UrlPart, fault
from watchglass.wire.quoting import go_quote

Step = tuple[Context, int]

HTML_SPACES = " \t\n\f\r"
_JS_SPACES = "\f\n\r\t\v \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_JS_TOKEN = re.compile(
    r"""(?P<double>") | (?P<single>') | (?P<template>`) | (?P<line>//|\#!) | (?P<block>/\*) | (?P<slash>/)
    | (?P<html_open><!--) | (?P<html_close>-->) | (?P<open>\{) | (?P<close>\}) """,
    re.VERBOSE,
)
_JS_BEGINS = {
    "double": State.JS_DOUBLE,
    "single": State.JS_SINGLE,
    "template": State.JS_TEMPLATE,
}
_JS_COMMENTS = {
    "line": State.JS_LINE_COMMENT,
    "block": State.JS_BLOCK_COMMENT,
    "html_open": State.JS_HTML_OPEN_COMMENT,
    "html_close": State.JS_HTML_CLOSE_COMMENT,
}
_BEFORE_REGEXP = frozenset(
    [
        "break",
        "case",
        "continue",
        "delete",
        "do",
        "else",
        "finally",
        "in",
        "instanceof",
        "return",
        "throw",
        "try",
        "typeof",
        "void",
    ]
)
_LAST_WORD = re.compile(r"[$\w]+\Z", re.ASCII)


def slash_after(text: str, before: Slash) -> Slash:
    """What a `/` begins after a piece of script without texts and comments."""
    text = text.rstrip(_JS_SPACES)
    if not text:
        return before
    last = text[-1]
    if last in "+-":
        count = len(text) - len(text.rstrip(last))
        return Slash.REGEXP if count % 2 else Slash.DIVISION  # `x++ /` divides
    if last == ".":
        return Slash.DIVISION if text[-2:-1].isdecimal() and text[-2:-1].isascii() else Slash.REGEXP
    if last in ",<>=*%&|^?!~([:;{}":
        return Slash.REGEXP
    word = _LAST_WORD.search(text[-20:])
    return Slash.REGEXP if word and word[0] in _BEFORE_REGEXP else Slash.DIVISION


def in_js(context: Context, text: str) -> Step:
    """A script, outside of texts and comments."""
    found = _JS_TOKEN.search(text)
    if found is None:
        return context._replace(slash=slash_after(text, context.slash)), len(text)
    context = context._replace(slash=slash_after(text[: found.start()], context.slash))
    kind = found.lastgroup or ""
    if kind in _JS_BEGINS:
        return context._replace(state=_JS_BEGINS[kind], slash=Slash.REGEXP), found.end()
    if kind in _JS_COMMENTS:
        return context._replace(state=_JS_COMMENTS[kind]), found.end()
    if kind == "slash":
        return _slash(context, text[found.start() :], found.end())
    return _brace(context, found[0]), found.end()


def _slash(context: Context, rest: str, end: int) -> Step:
    if context.slash is Slash.REGEXP:
        return context._replace(state=State.JS_REGEXP), end
    if context.slash is Slash.DIVISION:
        return context._replace(slash=Slash.REGEXP), end
    return fault(f"'/' could start a division or regexp: {go_quote(rest[:32])}"), end + len(rest) - 1


def _brace(context: Context, brace: str) -> Context:
    """After a brace: one that closes the `${` of a template literal leads back into its text."""
    braces = context.braces
    if braces:
        braces = (*braces[:-1], braces[-1] + (1 if brace == "{" else -1))
        if braces[-1] < 0:
            return context._replace(state=State.JS_TEMPLATE, braces=braces[:-1])
    return context._replace(slash=slash_after(brace, context.slash), braces=braces)


_SPECIAL = {
    State.JS_DOUBLE: re.compile(r'[\\"]'),
    State.JS_SINGLE: re.compile(r"[\\']"),
    State.JS_REGEXP: re.compile(r"[\\/\[\]]"),
}


def in_js_literal(context: Context, text: str) -> Step:
    """A text in quotes, or a regular expression."""
    at, in_set, special = 0, False, _SPECIAL[context.state]
    while found := special.search(text, at):
        char, at = found[0], found.end()
        if char == "\\":
            if at == len(text):
                return fault(f"unfinished escape sequence in JS string: {go_quote(text)}"), len(text)
            at += 1
        elif char == "[":
            in_set = True
        elif char == "]":
            in_set = False
        elif char == "/" and text[max(at - 2, 0) : at + 6].lower() == "</script":
            continue  # does not end it: the writer escapes it
        elif not in_set:
            return context._replace(state=State.JS, slash=Slash.DIVISION), at
    if in_set:
        return fault(f"unfinished JS regexp charset: {go_quote(text)}"), len(text)
    return context, len(text)


_TEMPLATE_SPECIAL = re.compile(r"`|\$\{|\\")


def in_js_template(context: Context, text: str) -> Step:
    """A template literal: `text ${script} text`."""
    at = 0
    while found := _TEMPLATE_SPECIAL.search(text, at):
        at = found.end()
        if found[0] == "`":
            return context._replace(state=State.JS), at
        if found[0] == "${":
            return context._replace(state=State.JS, slash=Slash.REGEXP, braces=(*context.braces, 0)), at
        if at == len(text):
            return fault(f"unfinished escape sequence in JS string: {go_quote(text)}"), len(text)
        at += 1
    return context, len(text)


def in_block_comment(context: Context, text: str) -> Step:
    """`/* */` of a script or style."""
    end = text.find("*/")
    if end < 0:
        return context, len(text)
    after = State.JS if context.state is State.JS_BLOCK_COMMENT else State.CSS
    return context._replace(state=after), end + 2


def in_line_comment(context: Context, text: str) -> Step:
    """`//` and its like; the line's end belongs to what follows."""
    css = context.state is State.CSS_LINE_COMMENT
    end = re.search("[\n\f\r]" if css else "[\n\r\u2028\u2029]", text)
    if end is None:
        return context, len(text)
    return context._replace(state=State.CSS if css else State.JS), end.start()


_CSS_TOKEN = re.compile(r"""[("'/]""")
_CSS_NAME = re.compile(r"[-\w\x80-\U0010ffff]\Z", re.ASCII)


def in_css(context: Context, text: str) -> Step:
    """A style, outside of texts and comments."""
    at = 0
    while found := _CSS_TOKEN.search(text, at):
        char, at = found[0], found.end()
        if char == '"':
            return context._replace(state=State.CSS_DOUBLE), at
        if char == "'":
            return context._replace(state=State.CSS_SINGLE), at
        if char == "/" and text[at : at + 1] in ("/", "*"):
            line = text[at] == "/"
            return context._replace(state=State.CSS_LINE_COMMENT if line else State.CSS_BLOCK_COMMENT), at + 1
        if char == "(" and _ends_with_url(text[: at - 1]):
            return _css_url(context, text, at)
    return context, len(text)


def _ends_with_url(text: str) -> bool:
    text = text.rstrip(HTML_SPACES)
    return text[-3:].lower() == "url" and not _CSS_NAME.search(text[:-3])


def _css_url(context: Context, text: str, at: int) -> Step:
    at += len(text[at:]) - len(text[at:].lstrip(HTML_SPACES))
    quote = text[at : at + 1]
    if quote == '"':
        return context._replace(state=State.CSS_DOUBLE_URL), at + 1
    if quote == "'":
        return context._replace(state=State.CSS_SINGLE_URL), at + 1
    return context._replace(state=State.CSS_URL), at


_CSS_SPECIAL = {
    State.CSS_DOUBLE: re.compile(r'[\\"]'),
    State.CSS_DOUBLE_URL: re.compile(r'[\\"]'),
    State.CSS_SINGLE: re.compile(r"[\\']"),
    State.CSS_SINGLE_URL: re.compile(r"[\\']"),
    State.CSS_URL: re.compile(r"[\\\t\n\f\r )]"),
}


def in_css_text(context: Context, text: str) -> Step:
    """A text in quotes, or a URL; every text is taken for a URL."""
    at, special = 0, _CSS_SPECIAL[context.state]
    while found := special.search(text, at):
        end = found.end()
        if found[0] != "\\":
            return context._replace(state=State.CSS), end
        if end == len(text):
            return fault(f"unfinished escape sequence in CSS string: {go_quote(text)}"), len(text)
        context, at = in_url(context, decode_css(text[: end + 1]))[0], end + 1
    return in_url(context, decode_css(text[at:]))[0], len(text)


def in_url(context: Context, text: str) -> Step:
    """A URL."""
    if "#" in text or "?" in text:
        return context._replace(url_part=UrlPart.QUERY), len(text)
    if text.strip(HTML_SPACES) and context.url_part is UrlPart.NONE:
        context = context._replace(url_part=UrlPart.PRE_QUERY)
    return context, len(text)


_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\f\r])?|(.))", re.DOTALL)


def decode_css(text: str) -> str:
    r"""A style's text with its escapes (`\41 `) resolved."""
    return _CSS_ESCAPE.sub(_unescaped, text).removesuffix("\\") if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    if match[2]:
        return match[2]
    code = int(match[1], 16)
    if code > 0x10FFFF:
        return chr(code // 16) + match[0][6:].rstrip(HTML_SPACES)[-1:]
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
