"""How a browser reads a page: the context after each piece of text.

Source: Go's html/template (transition.go, escape.go).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from watchglass.gotemplate.html.attributes import Content, content_of
from watchglass.gotemplate.html.context import (
    COMMENTS,
    SCRIPT_LITERALS,
    Attribute,
    Context,
    Delimiter,
    Element,
    State,
    fault,
)
from watchglass.gotemplate.html.scripts import (
    HTML_SPACES,
    Step,
    in_block_comment,
    in_css,
    in_css_text,
    in_js,
    in_js_literal,
    in_js_template,
    in_line_comment,
    in_url,
)
from watchglass.wire.quoting import go_quote

_TAG = re.compile(r"<(?:(?P<comment>!--)|(?P<end>/?)(?P<name>[a-zA-Z](?:[a-zA-Z0-9]|[:-][a-zA-Z0-9])*))")
_NAME_END = re.compile(r"[ \t\n\f\r=>]|(['\"<])")
VALUE_ENDS = {delimiter: re.compile(f"[{delimiter.value}]") for delimiter in Delimiter if delimiter.value}
_META_URL = re.compile(r"url[ \t\n\f\r]*=", re.IGNORECASE)
_ELEMENTS = {element.value: element for element in Element if element.value}
_CONTENT = {
    Element.SCRIPT: State.JS,
    Element.STYLE: State.CSS,
    Element.TEXTAREA: State.RCDATA,
    Element.TITLE: State.RCDATA,
}
_ENDS = {
    element: re.compile(rf"</{element.value}(?=[> \t\n\f/])", re.IGNORECASE) for element in Element if element.value
}
_ATTRIBUTES = {
    Content.URL: Attribute.URL,
    Content.CSS: Attribute.STYLE,
    Content.JS: Attribute.SCRIPT,
    Content.SRCSET: Attribute.SRCSET,
}
_JS_TYPES = frozenset(
    [
        "application/ecmascript",
        "application/javascript",
        "application/json",
        "application/ld+json",
        "application/x-ecmascript",
        "application/x-javascript",
        "module",
        "text/ecmascript",
        "text/javascript",
        "text/javascript1.0",
        "text/javascript1.1",
        "text/javascript1.2",
        "text/javascript1.3",
        "text/javascript1.4",
        "text/javascript1.5",
        "text/jscript",
        "text/livescript",
        "text/x-ecmascript",
        "text/x-javascript",
    ]
) | {""}


def after(context: Context, text: str) -> Step:
    """The context after some of a text, and how much of it that is."""
    if context.delimiter is Delimiter.NONE:
        end = end_of_element(context, text)
        if end == 0:
            return Context(), 0
        return TRANSITIONS[context.state](context, text if end is None else text[:end])
    return _in_value(context, text)


def end_of_element(context: Context, text: str) -> int | None:
    """Where the open script, style, text area or title ends; in a script's texts and comments its end does not count."""
    if context.element in (Element.NONE, Element.META):
        return None
    if context.element is Element.SCRIPT and context.state in COMMENTS | SCRIPT_LITERALS:
        return None
    found = _ENDS[context.element].search(text)
    return found.start() if found else None


def _in_value(context: Context, text: str) -> Step:
    """An attribute's value, up to its end."""
    found = VALUE_ENDS[context.delimiter].search(text)
    end = found.start() if found else len(text)
    value = text[:end]
    if context.delimiter is Delimiter.SPACE and (odd := re.search("[\"'<=`]", value)):
        return fault(f"{go_quote(odd[0])} in unquoted attr: {go_quote(value)}"), len(text)
    if end == len(text):
        return _within(context, html.unescape(value)), len(text)
    element = context.element
    if element is Element.SCRIPT and context.attribute is Attribute.SCRIPT_TYPE and not _is_js(value):
        element = Element.NONE
    return Context(State.TAG, element=element), end + (context.delimiter is not Delimiter.SPACE)


def _within(context: Context, value: str) -> Context:
    while value:
        context, taken = TRANSITIONS[context.state](context, value)
        value = value[taken:]
    return context


def _is_js(media_type: str) -> bool:
    return media_type.partition(";")[0].lower().strip() in _JS_TYPES


def _in_text(context: Context, text: str) -> Step:
    found = _TAG.search(text)
    if found is None:
        return context, len(text)
    if found["comment"]:
        return Context(State.HTML_COMMENT), found.end()
    element = Element.NONE if found["end"] else _ELEMENTS.get(found["name"].lower(), Element.NONE)
    return Context(State.TAG, element=element), found.end()


def _skip_space(text: str) -> int:
    return len(text) - len(text.lstrip(HTML_SPACES))


def _name_end(text: str, start: int) -> int | Context:
    """Where an attribute's name ends; a fault where a quote or `<` stands in it."""
    found = _NAME_END.search(text, start)
    if found is None:
        return len(text)
    if found[1]:
        return fault(f"{go_quote(found[1])} in attribute name: {go_quote(text[:32])}")
    return found.start()


def _in_tag(context: Context, text: str) -> Step:
    start = _skip_space(text)
    if start == len(text):
        return context, len(text)
    if text[start] == ">":
        if context.element is Element.META:
            return Context(), start + 1
        return Context(_CONTENT.get(context.element, State.TEXT), element=context.element), start + 1
    end = _name_end(text, start)
    if isinstance(end, Context):
        return end, len(text)
    if end == start:
        return fault(f"expected space, attr name, or end of tag, but got {go_quote(text[start:])}"), len(text)
    attribute = _attribute(context.element, text[start:end].lower())
    state = State.ATTRIBUTE_NAME if end == len(text) else State.AFTER_NAME
    return Context(state, element=context.element, attribute=attribute), end


def _attribute(element: Element, name: str) -> Attribute:
    if element is Element.SCRIPT and name == "type":
        return Attribute.SCRIPT_TYPE
    if element is Element.META and name == "content":
        return Attribute.META_CONTENT
    return _ATTRIBUTES.get(content_of(name), Attribute.NONE)


def _in_attribute_name(context: Context, text: str) -> Step:
    end = _name_end(text, 0)
    if isinstance(end, Context):
        return end, len(text)
    return (context if end == len(text) else context._replace(state=State.AFTER_NAME)), end


def _after_name(context: Context, text: str) -> Step:
    start = _skip_space(text)
    if start == len(text):
        return context, start
    if text[start] != "=":
        return context._replace(state=State.TAG), start
    return context._replace(state=State.BEFORE_VALUE), start + 1


def _before_value(context: Context, text: str) -> Step:
    start = _skip_space(text)
    if start == len(text):
        return context, start
    delimiter = {'"': Delimiter.DOUBLE, "'": Delimiter.SINGLE}.get(text[start], Delimiter.SPACE)
    quoted = delimiter is not Delimiter.SPACE
    return context._replace(state=context.attribute.start, delimiter=delimiter), start + quoted


def _in_html_comment(context: Context, text: str) -> Step:
    end = text.find("-->")
    return (Context(), end + 3) if end >= 0 else (context, len(text))


def _in_rcdata(context: Context, text: str) -> Step:
    end = end_of_element(context, text)
    return (Context(), end) if end is not None else (context, len(text))


def _in_meta_content(context: Context, text: str) -> Step:
    found = _META_URL.search(text)
    if found is None:
        return context, len(text)
    return context._replace(state=State.META_CONTENT_URL), found.end()


def _in_meta_content_url(context: Context, text: str) -> Step:
    end = text.find(";")
    return (context._replace(state=State.META_CONTENT), end + 1) if end >= 0 else (context, len(text))


def _stay(context: Context, text: str) -> Step:
    return context, len(text)


TRANSITIONS: dict[State, Callable[[Context, str], Step]] = {
    State.TEXT: _in_text,
    State.TAG: _in_tag,
    State.ATTRIBUTE_NAME: _in_attribute_name,
    State.AFTER_NAME: _after_name,
    State.BEFORE_VALUE: _before_value,
    State.HTML_COMMENT: _in_html_comment,
    State.RCDATA: _in_rcdata,
    State.ATTRIBUTE: _stay,
    State.URL: in_url,
    State.SRCSET: in_url,
    State.META_CONTENT: _in_meta_content,
    State.META_CONTENT_URL: _in_meta_content_url,
    State.JS: in_js,
    State.JS_DOUBLE: in_js_literal,
    State.JS_SINGLE: in_js_literal,
    State.JS_TEMPLATE: in_js_template,
    State.JS_REGEXP: in_js_literal,
    State.JS_BLOCK_COMMENT: in_block_comment,
    State.JS_LINE_COMMENT: in_line_comment,
    State.JS_HTML_OPEN_COMMENT: in_line_comment,
    State.JS_HTML_CLOSE_COMMENT: in_line_comment,
    State.CSS: in_css,
    State.CSS_DOUBLE: in_css_text,
    State.CSS_SINGLE: in_css_text,
    State.CSS_DOUBLE_URL: in_css_text,
    State.CSS_SINGLE_URL: in_css_text,
    State.CSS_URL: in_css_text,
    State.CSS_BLOCK_COMMENT: in_block_comment,
    State.CSS_LINE_COMMENT: in_line_comment,
    State.ERROR: _stay,
}
"""What each state does with the text that follows."""
