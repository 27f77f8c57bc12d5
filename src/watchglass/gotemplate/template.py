"""Templates as programs use them: a set of named ones, which call one another, and a way to render them.

library = TemplateSet(functions).with_text("mail", '{{define "subject"}}{{.Status | toUpper}}{{end}}')
library.with_text("", '{{template "subject" .}}').render("", data)
"""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.errors import TemplateError
from watchglass.gotemplate.builtins import BUILTINS
from watchglass.gotemplate.evaluate import Rendering
from watchglass.gotemplate.expressions import MISSING_KEY_DEFAULT
from watchglass.gotemplate.limits import Budget, Limits
from watchglass.gotemplate.nodes import Tree, is_empty
from watchglass.gotemplate.parse import parse
from watchglass.gotemplate.printf import print_formatted
from watchglass.gotemplate.printing import print_line, print_values
from watchglass.gotemplate.texts import html_escape, joined_text, js_escape, query_escape
from watchglass.gotemplate.values import ANY, STRING, Function, Value
from watchglass.wire.quoting import go_quote

COMMON_FUNCTIONS: Mapping[str, Function] = BUILTINS | {
    "print": Function(print_values, (ANY,), variadic=True, counted=True),
    "println": Function(print_line, (ANY,), variadic=True, counted=True),
    "printf": Function(print_formatted, (STRING, ANY), variadic=True, counted=True),
    "html": Function(lambda *given: html_escape(joined_text(*given)), (ANY,), variadic=True, counted=True),
    "js": Function(lambda *given: js_escape(joined_text(*given)), (ANY,), variadic=True, counted=True),
    "urlquery": Function(lambda *given: query_escape(joined_text(*given)), (ANY,), variadic=True, counted=True),
}
"""What every template can call."""


class TemplateSet:
    """Named templates with the functions that they may call. It never changes: `with_text` makes another.

    Args:
        functions: those beside the common ones.
        limits: of parsing, and of one rendering.
        missing_key: what a key has that a map lacks: `default`, `zero` or `error`.
    """

    def __init__(
        self,
        functions: Mapping[str, Function] | None = None,
        *,
        limits: Limits | None = None,
        missing_key: str = MISSING_KEY_DEFAULT,
        trees: Mapping[str, Tree] | None = None,
        pages: dict[str, Mapping[str, Tree]] | None = None,
    ) -> None:
        self._functions = {**COMMON_FUNCTIONS, **(functions or {})}
        self._limits = limits or Limits()
        self._missing_key = missing_key
        self._trees = dict(trees or {})
        self._pages = {} if pages is None else pages

    def with_text(self, name: str, text: str) -> TemplateSet:
        """The set with a text added under a name, and all that it defines; a later definition takes the place of an earlier.

        Raises:
            TemplateError: it does not parse.
        """
        added = parse(name, text, self._functions, self._limits)
        trees = self._trees | {
            key: tree for key, tree in added.items() if key not in self._trees or not is_empty(tree.root)
        }
        return TemplateSet(self._functions, limits=self._limits, missing_key=self._missing_key, trees=trees)

    def with_functions(self, functions: Mapping[str, Function]) -> TemplateSet:
        """The set with other functions under the same names: those that depend on the time or on who asks."""
        return TemplateSet(
            {**self._functions, **functions},
            limits=self._limits,
            missing_key=self._missing_key,
            trees=self._trees,
            pages=self._pages,
        )

    @property
    def trees(self) -> Mapping[str, Tree]:
        """The templates, parsed, by name."""
        return self._trees

    @property
    def functions(self) -> Mapping[str, Function]:
        """What they may call."""
        return self._functions

    def render(self, name: str, data: Value, budget: Budget | None = None) -> str:
        """What a template writes for the data, as text, without any escaping.

        Args:
            name: of the template.
            data: what it sees as `.`.
            budget: counted on, where one rendering leads to another.

        Raises:
            TemplateError: it cannot be evaluated.
            TemplateLimitError: it takes more than a limit allows.
        """
        return self._run(self._trees, self._functions, name, data, budget or Budget(self._limits))

    def render_html(self, name: str, data: Value, budget: Budget | None = None) -> str:
        """What a template writes for the data, as a page: each value is escaped for the place where it stands.

        Raises:
            TemplateError: it cannot be evaluated, or the page is such that its places cannot be told.
            TemplateLimitError: it takes more than a limit allows.
        """
        from watchglass.gotemplate.html.escape import escaped  # noqa: PLC0415 - most processes write no page of theirs
        from watchglass.gotemplate.html.escapers import ESCAPERS  # noqa: PLC0415 - likewise

        budget = budget or Budget(self._limits)
        if name not in self._pages:
            self._pages[name] = escaped(name, self._trees, budget)
        return self._run(self._pages[name], {**self._functions, **ESCAPERS}, name, data, budget)

    def _run(
        self, trees: Mapping[str, Tree], functions: Mapping[str, Function], name: str, data: Value, budget: Budget
    ) -> str:
        tree = trees.get(name)
        if tree is None:
            raise TemplateError(f"template: {name}: template {go_quote(name)} not defined")
        text = Rendering(trees, functions, budget, self._missing_key).run(tree, data)
        return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
