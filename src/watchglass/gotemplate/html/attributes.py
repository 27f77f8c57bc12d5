"""What the values of HTML's attributes are.

Source: Go's html/template (attr.go), which follows the HTML standard's table of attributes.
"""

from __future__ import annotations

from enum import Enum


class Content(Enum):
    """What an attribute's value is."""

    PLAIN = "text"
    URL = "a URL"
    SRCSET = "a list of images"
    CSS = "style"
    JS = "script"
    HTML = "a page"
    UNSAFE = "something that changes how the page is read, or what it is sent with"


_URLS = frozenset(
    [
        "action",
        "archive",
        "background",
        "cite",
        "classid",
        "codebase",
        "data",
        "formaction",
        "href",
        "icon",
        "longdesc",
        "manifest",
        "poster",
        "profile",
        "src",
        "usemap",
        "xmlns",
    ]
)
_UNSAFE = frozenset(
    [
        "accept-charset",
        "async",
        "challenge",
        "charset",
        "content",
        "crossorigin",
        "defer",
        "enctype",
        "form",
        "formenctype",
        "formmethod",
        "formnovalidate",
        "http-equiv",
        "keytype",
        "language",
        "method",
        "novalidate",
        "pattern",
        "rel",
        "sandbox",
        "type",
        "value",
    ]
)
_KNOWN_PLAIN = frozenset({"open", "optimum"})  # begin like the name of an event's attribute, or hold `uri` or the like
_OTHERS = {"srcdoc": Content.HTML, "srcset": Content.SRCSET, "style": Content.CSS, "srclang": Content.PLAIN}


def content_of(name: str) -> Content:
    """What the value of an attribute is, by its name in lower case; names that are not HTML's are judged by how they look."""
    if name.startswith("data-"):
        name = name.removeprefix("data-")
    elif ":" in name:
        prefix, _, name = name.partition(":")
        if prefix == "xmlns":
            return Content.URL
    if name in _OTHERS:
        return _OTHERS[name]
    if name in _URLS:
        return Content.URL
    if name in _UNSAFE:
        return Content.UNSAFE
    if name in _KNOWN_PLAIN:
        return Content.PLAIN
    if name.startswith("on"):
        return Content.JS
    return Content.URL if any(part in name for part in ("src", "uri", "url")) else Content.PLAIN
