"""Text panels: before Grafana 7 the text stands in the panel itself."""

from __future__ import annotations

from watchglass.dashboards.normalise.loose import Json, own_object, text
from watchglass.dashboards.normalise.notes import Notes

_MODES = frozenset({"markdown", "html", "code"})


def translate(panel: Json, notes: Notes) -> None:
    """Move text and mode into `options`, in place."""
    options = own_object(panel, "options")
    for key in ("content", "mode"):
        value = text(panel.get(key))
        if value and not text(options.get(key)):
            options[key] = value
            panel.pop(key)
            notes.translated("text", key, f"the {'text' if key == 'content' else 'mode'} is in options now")
    if text(options.get("mode")) not in _MODES:
        options["mode"] = "markdown"
