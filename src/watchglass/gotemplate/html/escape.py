"""Contextual escaping: templates in, the same templates out with an escaper at the end of each action, fit for where it stands.

The walk follows a page as a browser's parser would, through calls of templates as well: one that is called in several
places becomes several templates. Source: Go's html/template (escape.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from watchglass.errors import TemplateError, TemplateLimitError
from watchglass.gotemplate.html.context import (
    COMMENTS,
    SCRIPT_LITERALS,
    Attribute,
    Context,
    Delimiter,
    Slash,
    State,
    UrlPart,
    fault,
)
from watchglass.gotemplate.html.pipelines import escapers_at, with_escapers
from watchglass.gotemplate.html.transition import after
from watchglass.gotemplate.limits import Budget
from watchglass.gotemplate.nodes import Action, Block, Call, Control, Jump, Node, Statement, Text, Tree
from watchglass.wire.quoting import go_quote

_DEAD = Context(State.DEAD)


def escaped(name: str, trees: Mapping[str, Tree], budget: Budget) -> dict[str, Tree]:
    """The templates that rendering `name` as a page calls, with their escapers.

    Raises:
        TemplateError: a template is missing, or the page is such that no context can be told; the text is Go's.
        TemplateLimitError: looking through it takes more than a limit allows.
    """
    escaper = _Escaper(trees, budget)
    try:
        end, _ = escaper.template(Context(), name, "")
    except RecursionError:
        raise TemplateLimitError(f"html/template:{name}: nested too deep") from None
    if end.state is not State.ERROR and end.state is not State.TEXT:
        end = fault(f"ends in a non-text context: {end}")
    if end.state is State.ERROR:
        place = end.place or name
        raise TemplateError(f"html/template{place and f':{place}'}: {end.fault}")
    return escaper.done


@dataclass(slots=True)
class _Loop:
    """Contexts at which a loop's body is left early."""

    breaks: list[tuple[Context, Node]] = field(default_factory=list)
    continues: list[tuple[Context, Node]] = field(default_factory=list)


class _Escaper:
    """The state: templates done so far by what they are called now, and the context after each."""

    def __init__(self, trees: Mapping[str, Tree], budget: Budget) -> None:
        self.done: dict[str, Tree] = {}
        self._trees, self._budget = trees, budget
        self._ends: dict[str, Context] = {}
        self._called: set[str] = set()
        self._loops: list[_Loop] = []
        self._tree: Tree | None = None

    def template(self, context: Context, name: str, place: str) -> tuple[Context, str]:
        """The context after a call of a template, and the name of that template for the context in which it is called."""
        key = _called_in(context, name)
        self._called.add(key)
        if key in self._ends:
            return self._ends[key], key
        tree = self._trees.get(name)
        if tree is None:
            return fault(f"no such template {go_quote(name)}", place), key
        return self._end_of(context, tree, key), key

    def _end_of(self, context: Context, tree: Tree, key: str) -> Context:
        """The context after a template: if it calls itself, one that is the same before and after."""
        end, sure = self._attempt(context, tree, key)
        if sure or end.state is State.ERROR:
            return end
        again, sure = self._attempt(end, tree, key)
        return (
            again if sure else fault(f"cannot compute output context for template {tree.name}", tree.place(tree.root))
        )

    def _attempt(self, context: Context, tree: Tree, key: str) -> tuple[Context, bool]:
        """Go through a template as if it ended in the context in which it begins; and whether that was right."""
        inner = _Escaper(self._trees, self._budget)
        inner.done, inner._ends, inner._tree = dict(self.done), {**self._ends, key: context}, tree
        end, root = inner._block(context, tree.root)
        if end.state is State.ERROR or (key in inner._called and end != context):
            self._ends[key] = context
            return end, False
        self.done = inner.done | {key: replace(tree, name=key, root=root)}
        self._ends = {**inner._ends, key: end}
        self._called |= inner._called
        return end, True

    def _block(self, context: Context, block: Block) -> tuple[Context, Block]:
        nodes: list[Statement] = []
        for node in block.nodes:
            self._budget.step()
            context, changed = self._node(context, node)
            nodes.append(changed)
            if context.state is State.DEAD:
                break
        return context, Block(block.start, nodes)

    def _node(self, context: Context, node: Statement) -> tuple[Context, Statement]:
        match node:
            case Text():
                return self._text(context, node)
            case Action():
                return self._action(context, node)
            case Control():
                return self._control(context, node)
            case Call():
                end, name = self.template(context, node.name, self._place(node))
                return end, replace(node, name=name)
            case Jump():
                loop = self._loops[-1]
                (loop.breaks if node.keyword == "break" else loop.continues).append((context, node))
                return _DEAD, node

    def _place(self, node: Node) -> str:
        return self._tree.place(node) if self._tree else ""

    def _action(self, context: Context, node: Action) -> tuple[Context, Action]:
        if node.pipeline.variables or context.state is State.ERROR:
            return context, node
        context, names = escapers_at(nudged(context), node)
        if context.state is State.ERROR:
            return context._replace(place=self._place(node)), node
        return context, replace(node, pipeline=with_escapers(node.pipeline, names))

    def _text(self, context: Context, node: Text) -> tuple[Context, Text]:
        """Text of the template itself: comments are left out, and a `<` that begins no tag is escaped."""
        out, rest = [], node.text
        while rest:
            self._budget.step()
            later, taken = after(context, rest)
            if not taken and later.state is context.state:
                return fault(f"cannot read {go_quote(rest[:32])}"), node
            out.append(_piece(context, later, rest, taken))
            context, rest = later, rest[taken:]
            if context.state is State.ERROR:
                return context, node
        return context, Text(node.start, "".join(out))

    def _control(self, context: Context, node: Control) -> tuple[Context, Control]:
        if node.keyword == "range":
            end, body = self._loop_body(context, node)
        else:
            end, body = self._block(context, node.body)
        otherwise, last = None, context
        if end.state is State.ERROR:
            return end, node
        if node.otherwise:
            last, otherwise = self._block(context, node.otherwise)
        joined = self._join(end, last, node, node.keyword)
        return joined, replace(node, body=body, otherwise=otherwise)

    def _loop_body(self, context: Context, node: Control) -> tuple[Context, Block]:
        """A loop's body: it must end in a context in which it can begin again."""
        end, body = self._turn(context, node)
        if end.state is State.ERROR or end == context:
            return end, body
        again, _ = self._turn(end, node)
        joined = self._join(end, again, node, "range")
        if joined.state is State.ERROR:
            place = joined.place or self._place(node).rpartition(":")[0]
            return joined._replace(fault=f"on range loop re-entry: {joined.fault}", place=place), body
        return joined, body

    def _turn(self, context: Context, node: Control) -> tuple[Context, Block]:
        loop = _Loop()
        self._loops.append(loop)
        end, body = self._block(context, node.body)
        self._loops.pop()
        for keyword, left in (("break", loop.breaks), ("continue", loop.continues)):
            for early, jump in left:
                end = self._join(end, early, jump, "range")
                if end.state is State.ERROR:
                    return end._replace(fault=f"at range loop {keyword}: {end.fault}"), body
        return end, body

    def _join(self, left: Context, right: Context, node: Node, keyword: str) -> Context:
        """The context after two branches."""
        joined = joined_contexts(left, right)
        if joined is None:
            message = f"{{{{{keyword}}}}} branches end in different contexts: {left}, {right}"
            return fault(message, self._place(node))
        return joined


def _called_in(context: Context, name: str) -> str:
    """What a template is called where it is called in a context other than a page's text."""
    if context.state is State.TEXT:
        return name
    parts: Iterable[object] = (
        context.state.value,
        context.delimiter.name,
        context.url_part.value,
        context.slash.value,
        context.braces,
        context.attribute.name,
        context.element.value,
    )
    return f"{name}$htmltemplate_{'_'.join(map(str, parts))}"


def nudged(context: Context) -> Context:
    """The context of an action: inside a tag it is a name, after `=` a value without quotes."""
    if context.state is State.TAG:
        return context._replace(state=State.ATTRIBUTE_NAME)
    if context.state is State.BEFORE_VALUE:
        start = context.attribute.start
        return context._replace(state=start, delimiter=Delimiter.SPACE, attribute=Attribute.NONE)
    if context.state is State.AFTER_NAME:
        return context._replace(state=State.ATTRIBUTE_NAME, attribute=Attribute.NONE)
    return context


def joined_contexts(left: Context, right: Context) -> Context | None:
    """A context that stands for both; None where there is none."""
    for one, other in ((left, right), (right, left)):
        if one.state is State.ERROR:
            return one
        if one.state is State.DEAD:
            return other
    if left == right:
        return left
    if left._replace(url_part=right.url_part) == right:
        return left._replace(url_part=UrlPart.UNKNOWN)
    if left._replace(slash=right.slash) == right:
        return left._replace(slash=Slash.UNKNOWN)
    if (nudged(left), nudged(right)) != (left, right):
        return joined_contexts(nudged(left), nudged(right))
    return None


_OPENERS = {State.HTML_COMMENT: 4, State.JS_HTML_OPEN_COMMENT: 4, State.JS_HTML_CLOSE_COMMENT: 3}
_SCRIPT_TAG = re.compile(r"<(script|/script|!--)", re.IGNORECASE)
_LONE = re.compile(r"<(?!!doctype)", re.IGNORECASE)


def _piece(context: Context, later: Context, rest: str, taken: int) -> str:
    """What is written of a piece of text that leads from one context to another."""
    piece = rest[:taken]
    if context.state in (State.TEXT, State.RCDATA):
        tag = piece.rfind("<") if later.state is not context.state else taken
        tag = taken if tag < 0 else tag
        piece = _without_lone(rest, tag) + piece[tag:]
    elif _is_comment(context):
        piece = _in_place_of_comment(context.state, piece)
    elif context.state in SCRIPT_LITERALS:
        piece = _SCRIPT_TAG.sub(r"\\x3C\1", piece)
    if later.state is not context.state and _is_comment(later):
        piece = piece[: -_OPENERS.get(later.state, 2)]
    return piece


def _without_lone(text: str, end: int) -> str:
    """A text up to a place, with each `<` escaped that begins no document type."""
    out, done = [], 0
    for found in _LONE.finditer(text, 0, end + len("!doctype")):
        if found.start() < end:
            out += [text[done : found.start()], "&lt;"]
            done = found.end()
    return "".join(out) + text[done:end]


def _is_comment(context: Context) -> bool:
    return context.state in COMMENTS and context.delimiter is Delimiter.NONE


def _in_place_of_comment(state: State, comment: str) -> str:
    """What separates the tokens on its sides as the comment did."""
    if state is State.JS_BLOCK_COMMENT:
        return "\n" if any(char in comment for char in "\n\r\u2028\u2029") else " "
    return " " if state is State.CSS_BLOCK_COMMENT else ""
