"""Where in a page a piece of a template stands: what a browser's parser would be reading there.

Source: Go's html/template (context.go): which contexts are told apart, and their names in messages.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """What is being read; the values are the names in messages."""

    TEXT = "stateText"
    TAG = "stateTag"
    ATTRIBUTE_NAME = "stateAttrName"
    AFTER_NAME = "stateAfterName"
    BEFORE_VALUE = "stateBeforeValue"
    HTML_COMMENT = "stateHTMLCmt"
    RCDATA = "stateRCDATA"
    ATTRIBUTE = "stateAttr"
    URL = "stateURL"
    SRCSET = "stateSrcset"
    META_CONTENT = "stateMetaContent"
    META_CONTENT_URL = "stateMetaContentURL"
    JS = "stateJS"
    JS_DOUBLE = "stateJSDqStr"
    JS_SINGLE = "stateJSSqStr"
    JS_TEMPLATE = "stateJSTmplLit"
    JS_REGEXP = "stateJSRegexp"
    JS_BLOCK_COMMENT = "stateJSBlockCmt"
    JS_LINE_COMMENT = "stateJSLineCmt"
    JS_HTML_OPEN_COMMENT = "stateJSHTMLOpenCmt"
    JS_HTML_CLOSE_COMMENT = "stateJSHTMLCloseCmt"
    CSS = "stateCSS"
    CSS_DOUBLE = "stateCSSDqStr"
    CSS_SINGLE = "stateCSSSqStr"
    CSS_DOUBLE_URL = "stateCSSDqURL"
    CSS_SINGLE_URL = "stateCSSSqURL"
    CSS_URL = "stateCSSURL"
    CSS_BLOCK_COMMENT = "stateCSSBlockCmt"
    CSS_LINE_COMMENT = "stateCSSLineCmt"
    ERROR = "stateError"
    DEAD = "stateDead"  # after a break or continue


class Delimiter(Enum):
    """What ends the attribute's value that is being read; the values are the characters that do."""

    NONE = ""
    DOUBLE = '"'
    SINGLE = "'"
    SPACE = " \t\n\f\r>"


class UrlPart(Enum):
    """What part of a URL is being read."""

    NONE = "urlPartNone"
    PRE_QUERY = "urlPartPreQuery"
    QUERY = "urlPartQueryOrFrag"
    UNKNOWN = "urlPartUnknown"


class Slash(Enum):
    """What a `/` in a script would begin."""

    REGEXP = "jsCtxRegexp"
    DIVISION = "jsCtxDivOp"
    UNKNOWN = "jsCtxUnknown"


class Element(Enum):
    """The element that is open, where its content has rules of its own."""

    NONE = ""
    SCRIPT = "script"
    STYLE = "style"
    TEXTAREA = "textarea"
    TITLE = "title"
    META = "meta"


class Attribute(Enum):
    """What the value of the attribute is; the values are the states in which it is read."""

    NONE = State.ATTRIBUTE
    SCRIPT = State.JS
    SCRIPT_TYPE = "type of a script"
    STYLE = State.CSS
    URL = State.URL
    SRCSET = State.SRCSET
    META_CONTENT = State.META_CONTENT

    @property
    def start(self) -> State:
        """The state at the beginning of its value."""
        return self.value if isinstance(self.value, State) else State.ATTRIBUTE


class Context(NamedTuple):
    """A place in a page."""

    state: State = State.TEXT
    delimiter: Delimiter = Delimiter.NONE
    url_part: UrlPart = UrlPart.NONE
    slash: Slash = Slash.REGEXP
    braces: tuple[int, ...] = ()  # how many are open in each `${` of JavaScript that is
    attribute: Attribute = Attribute.NONE
    element: Element = Element.NONE
    fault: str = ""  # in state ERROR: why
    place: str = ""  # in state ERROR: where, if that is known

    def __str__(self) -> str:
        """As Go's messages have it."""
        kept = " ".join(map(str, self.braces))
        return (
            f"{{{self.state.value} {_DELIMITERS[self.delimiter]} {self.url_part.value} {self.slash.value} [{kept}]"
            f" attr{_camel(self.attribute.name)} element{_camel(self.element.name)} {self.fault or '<nil>'}}}"
        )


_DELIMITERS = {
    Delimiter.NONE: "delimNone",
    Delimiter.DOUBLE: "delimDoubleQuote",
    Delimiter.SINGLE: "delimSingleQuote",
    Delimiter.SPACE: "delimSpaceOrTagEnd",
}


def _camel(name: str) -> str:
    """`SCRIPT_TYPE` as `ScriptType`; URL stays."""
    return name if name == "URL" else name.title().replace("_", "")


COMMENTS = frozenset(
    {
        State.HTML_COMMENT,
        State.JS_BLOCK_COMMENT,
        State.JS_LINE_COMMENT,
        State.JS_HTML_OPEN_COMMENT,
        State.JS_HTML_CLOSE_COMMENT,
        State.CSS_BLOCK_COMMENT,
        State.CSS_LINE_COMMENT,
    }
)
IN_TAG = frozenset({State.TAG, State.ATTRIBUTE_NAME, State.AFTER_NAME, State.BEFORE_VALUE, State.ATTRIBUTE})
SCRIPT_LITERALS = frozenset({State.JS_DOUBLE, State.JS_SINGLE, State.JS_TEMPLATE, State.JS_REGEXP})


def fault(message: str, place: str = "") -> Context:
    """The context in which nothing can be told any more."""
    return Context(State.ERROR, fault=message, place=place)
