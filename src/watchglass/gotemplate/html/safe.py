"""Texts that a function has declared safe for a place in a page: they are written there as they are.

Elsewhere, and in text templates, they are texts like others; but a parameter of type string refuses them, as in Go.
"""

from __future__ import annotations

from typing import ClassVar


class Html(str):
    """A piece of HTML."""

    __slots__ = ()
    go_type: ClassVar[str] = "template.HTML"


class Url(str):
    """A URL, or a part of one."""

    __slots__ = ()
    go_type: ClassVar[str] = "template.URL"
