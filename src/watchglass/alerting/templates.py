"""The templates of notifications: Alertmanager's defaults, the user's own files, and what receivers' fields say.

What labels and annotations put into a text is the sender's to mind where the text has a form of its own: `single_line` is
for header fields; Slack's control sequences (`<!channel>`, `<@U123>`) are left as they are by these templates, as
Alertmanager leaves them, so a sender that must not ping anybody escapes `&`, `<` and `>` in values that come from labels.
HTML needs nothing: `Templates.html` escapes each value for the place where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from glob import glob
from pathlib import Path

from watchglass.alerting.template_data import Data
from watchglass.alerting.template_functions import FUNCTIONS, functions_at
from watchglass.errors import ConfigError, TemplateError
from watchglass.gotemplate.expressions import MISSING_KEY_ZERO
from watchglass.gotemplate.limits import Budget, Limits
from watchglass.gotemplate.template import TemplateSet
from watchglass.gotemplate.values import STRING, Function
from watchglass.model.labels import Labels

_DEFAULTS = Path(__file__).parent / "default_templates"
_MAX_PARSED = 1000  # texts of fields that are remembered; a configuration has a few hundred
_LINE_ENDS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*|\x00")


def single_line(text: str) -> str:
    """A text as one line, for a header field: what would end the line becomes a space."""
    return _LINE_ENDS.sub(" ", text).strip()


class Templates:
    """All templates of a configuration.

    Args:
        limits: of each text that is rendered.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        names = {**FUNCTIONS, **functions_at(0)}
        self._set = TemplateSet(names, limits=self._limits, missing_key=MISSING_KEY_ZERO)
        self._parsed: dict[str, TemplateSet] = {}
        for path in sorted(_DEFAULTS.glob("*.tmpl")):
            self._set = self._set.with_text(path.name, path.read_text(encoding="utf-8"))

    def add(self, name: str, text: str) -> None:
        """Add a file of templates; its definitions replace those of the same names.

        Raises:
            TemplateError: it does not parse.
        """
        self._set = self._set.with_text(name, text)
        self._parsed.clear()

    def load(self, patterns: Iterable[str], folder: Path) -> None:
        """Add the files that patterns match; one that matches none is no fault.

        Args:
            patterns: as `templates:` lists them.
            folder: that of the configuration: relative patterns begin there.

        Raises:
            ConfigError: a file cannot be read, or is no template.
        """
        for pattern in patterns:
            for name in sorted(glob(str(folder / pattern), include_hidden=True)):  # noqa: PTH207
                self._load_file(Path(name))

    def _load_file(self, path: Path) -> None:
        try:
            with path.open(encoding="utf-8", errors="surrogateescape") as file:
                text = file.read(self._limits.source_chars + 1)
            self.add(path.name, text)
        except OSError as error:
            raise ConfigError(f"cannot be read: {error.strerror or error}", path=str(path)) from None
        except TemplateError as error:
            raise ConfigError(str(error), path=str(path)) from None

    def text(self, template: str, data: Data) -> str:
        """What a field's template says, as plain text.

        Raises:
            TemplateError: it does not parse, cannot be evaluated, or passes a limit.
        """
        return self._render(template, data, html=False)

    def html(self, template: str, data: Data) -> str:
        """What a field's template says, as HTML: each value is escaped for the place where it stands.

        Raises:
            TemplateError: as `text`; also where the HTML is such that no place can be told.
        """
        return self._render(template, data, html=True)

    def check(self, template: str) -> None:
        """See that a field's template parses.

        Raises:
            TemplateError: it does not.
        """
        self._parse(template)

    def route_labels(self, data: Data) -> Labels:
        """The labels of a route, whose values are templates, rendered; those that cannot be are left out."""
        rendered = {}
        for name in data.route_labels:
            with suppress(TemplateError):
                rendered[name] = self.text(f"{{{{ routeLabels `{name}` }}}}", data)
        return Labels.of(rendered)

    def _render(self, template: str, data: Data, *, html: bool) -> str:
        budget = Budget(self._limits)

        def run(text: str) -> str:
            return self._run(text, data, resolver, budget, html=html)

        resolver = _RouteLabels(data, run)
        return run(template)

    def _run(self, template: str, data: Data, labels: _RouteLabels, budget: Budget, *, html: bool) -> str:
        if not template:
            return ""
        functions = {**functions_at(data.now_ms), "routeLabels": Function(labels, (STRING,))}
        parsed = self._parse(template).with_functions(functions)
        return parsed.render_html("", data, budget) if html else parsed.render("", data, budget)

    def _parse(self, template: str) -> TemplateSet:
        parsed = self._parsed.get(template)
        if parsed is None:
            if len(self._parsed) >= _MAX_PARSED:
                self._parsed.clear()
            parsed = self._parsed[template] = self._set.with_text("", template)
        return parsed


class _RouteLabels:
    """The function `routeLabels`: a label's value, which may be a template that asks for others; each is rendered once."""

    def __init__(self, data: Data, run: Callable[[str], str]) -> None:
        self._data, self._run = data, run
        self._known: dict[str, str] = {}
        self._under_way: list[str] = []

    def __call__(self, name: str) -> str:
        raw = self._data.route_labels.get(name, "")
        if self._data.route_labels_rendered or name in self._known:
            return self._known.get(name, raw)
        if name in self._under_way:
            raise ValueError(f"route label cycle detected: {' -> '.join([*self._under_way, name])}")
        self._under_way.append(name)
        try:
            self._known[name] = self._run(raw)
        finally:
            self._under_way.pop()
        return self._known[name]
