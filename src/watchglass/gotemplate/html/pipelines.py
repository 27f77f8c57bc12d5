"""Which escapers an action needs in a context, and how they are put at the end of its pipeline.

Source: Go's html/template (escape.go: escapeAction, ensurePipelineContains).
"""

from __future__ import annotations

from dataclasses import replace

from watchglass.gotemplate.html.context import COMMENTS, Context, Delimiter, Slash, State, UrlPart, fault
from watchglass.gotemplate.html.escapers import EVALUATE, PREFIX
from watchglass.gotemplate.nodes import Action, Command, Identifier, Pipeline
from watchglass.wire.quoting import go_quote

_OWN = frozenset({"html", "urlquery"})
"""Escapers that templates may call themselves, as the last command."""

_ESCAPERS: dict[State, tuple[str, ...]] = {
    State.META_CONTENT: (),
    State.META_CONTENT_URL: ("urlfilter",),
    State.JS: ("jsvalescaper",),
    State.JS_DOUBLE: ("jsstrescaper",),
    State.JS_SINGLE: ("jsstrescaper",),
    State.JS_TEMPLATE: ("jstmpllitescaper",),
    State.JS_REGEXP: ("jsregexpescaper",),
    State.CSS: ("cssvaluefilter",),
    State.TEXT: ("htmlescaper",),
    State.RCDATA: ("rcdataescaper",),
    State.ATTRIBUTE: (),
    State.ATTRIBUTE_NAME: ("htmlnamefilter",),
    State.SRCSET: ("srcsetescaper",),
    **dict.fromkeys(COMMENTS, ("commentescaper",)),
}
_URLS = frozenset(
    {
        State.URL,
        State.CSS_DOUBLE,
        State.CSS_SINGLE,
        State.CSS_DOUBLE_URL,
        State.CSS_SINGLE_URL,
        State.CSS_URL,
    }
)
_SAME = {  # what does the work of which of a template's own escapers
    "attrescaper": "html",
    "htmlescaper": "html",
    "rcdataescaper": "html",
    "urlescaper": "urlquery",
    "urlnormalizer": "urlquery",
}
_DONE_BY = {  # after the first, the second has nothing left to do
    ("commentescaper", "attrescaper"),
    ("commentescaper", "htmlescaper"),
    ("cssescaper", "attrescaper"),
    ("jsregexpescaper", "attrescaper"),
    ("jsstrescaper", "attrescaper"),
    ("jstmpllitescaper", "attrescaper"),
    ("urlescaper", "urlnormalizer"),
}


def escapers_at(context: Context, node: Action) -> tuple[Context, list[str]]:
    """The context after an action, and the names of the escapers that its value needs; a fault where it may not stand."""
    refused = _refused(context, node)
    if refused:
        return fault(f"predefined escaper {go_quote(refused)} disallowed in template"), []
    if context.state in _URLS:
        if context.url_part is UrlPart.UNKNOWN:
            return fault(f"{node} appears in an ambiguous context within a URL"), []
        names = _url_escapers(context)
    elif context.state is State.ERROR:
        return context, []
    else:
        names = list(_ESCAPERS[context.state])
    if context.state is State.JS:
        context = context._replace(slash=Slash.DIVISION)
    if context.delimiter is Delimiter.SPACE:
        names.append("nospaceescaper")
    elif context.delimiter is not Delimiter.NONE:
        names.append("attrescaper")
    return context, names


def _url_escapers(context: Context) -> list[str]:
    if context.url_part is UrlPart.QUERY:
        return ["urlescaper"]
    names = ["urlfilter"] if context.url_part is UrlPart.NONE else []
    in_text = context.state in (State.CSS_DOUBLE, State.CSS_SINGLE)
    return [*names, "cssescaper" if in_text else "urlnormalizer"]


def _refused(context: Context, node: Action) -> str:
    """The name of an escaper that the template calls where it may not."""
    unquoted = context.state is State.ATTRIBUTE and context.delimiter is Delimiter.SPACE
    last = len(node.pipeline.commands) - 1
    for place, command in enumerate(node.pipeline.commands):
        name = _function(command)
        if name in _OWN and (place < last or (unquoted and name == "html")):
            return name
    return ""


def _function(command: Command) -> str:
    first = command.operands[0]
    return first.name if isinstance(first, Identifier) else ""


def with_escapers(pipeline: Pipeline, names: list[str]) -> Pipeline:
    """The pipeline with the escapers at its end; an equal one that the template calls itself takes their place."""
    if not names:
        return pipeline
    commands = list(pipeline.commands)
    own = _function(commands[-1])
    if own in _OWN:
        if len(commands) == 1 and len(commands[0].operands) > 1:
            first = commands[0].operands[0]
            evaluate = Identifier(first.start, EVALUATE)
            commands = [replace(commands[0], operands=[evaluate, *commands[0].operands[1:]]), _command(own, pipeline)]
        if any(_SAME.get(name) == own for name in names):
            commands.pop()
        names = [own if _SAME.get(name) == own else name for name in names]
    there = {_function(command) for command in commands}
    for name in names:
        full = name if name in _OWN else PREFIX + name
        last = _function(commands[-1]).removeprefix(PREFIX) if commands else ""
        if not _stands_for(name, there) and (last, name) not in _DONE_BY:
            commands.append(_command(full, pipeline))
    return replace(pipeline, commands=commands)


def _stands_for(name: str, there: set[str]) -> bool:
    """Tell whether a function that the pipeline has does the same."""
    same = {_SAME.get(known.removeprefix(PREFIX), known.removeprefix(PREFIX)) for known in there}
    return _SAME.get(name, name) in same


def _command(name: str, pipeline: Pipeline) -> Command:
    return Command(pipeline.start, [Identifier(pipeline.start, name)])
