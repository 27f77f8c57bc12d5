"""Templates by chance: those of rules against promtool, pages against amtool; and that nothing but a TemplateError comes of nonsense."""

from __future__ import annotations

import alertmanager_oracle
import prometheus_oracle
from random_templates import Pages, Words
from test_alertmanager_templates import HURRIED, PRELUDE, amtool, as_newer, fault_of, html_of
from test_prometheus_templates import as_newer_go, expanded, promtool, refusal

from watchglass.errors import TemplateError

WORDS = [
    "{{",
    "}}",
    "{{-",
    "-}}",
    "if",
    "else",
    "end",
    "range",
    "with",
    "template",
    "define",
    "block",
    "break",
    "continue",
    '"x"',
    "`z`",
    "'c'",
    ".",
    ".Alerts",
    ".Labels",
    "$",
    "$x",
    ":=",
    "=",
    ",",
    "|",
    "(",
    ")",
    "1",
    "-1",
    "1.5",
    "0x",
    "1i",
    "nil",
    "true",
    "print",
    "printf",
    "index",
    "len",
    "slice",
    "eq",
    "lt",
    "and",
    "or",
    "not",
    "call",
    "html",
    "js",
    "urlquery",
    "toUpper",
    "join",
    "match",
    "reReplaceAll",
    "toJson",
    "list",
    "dict",
    "append",
    "date",
    "tz",
    "now",
    "since",
    "<script>",
    "</script>",
    "<a",
    'href="',
    '">',
    "<p",
    "'",
    "/*",
    "*/",
    "<!--",
    "-->",
    "/",
    "\\",
    '"',
    "{{end}}",
    "{{else}}",
    "é",
    "%d",
    ".Format",
    ".StartsAt",
    "<style>",
    "url(",
    "</style>",
    "<textarea>",
    "${",
    "`",
    "{{range",
    ".Alerts}}",
    "{{if",
    ".}}",
]


@promtool
def test_random_templates_of_rules_are_promtools(tmp_path):
    words = Words(1)
    texts = list(dict.fromkeys(words.template() for _ in range(500)))
    refused = dict(zip(texts, prometheus_oracle.refused(texts, tmp_path), strict=True))
    texts = [text for text in texts if refused[text] is None]
    assert len(texts) > 400

    wanted = dict(zip(texts, prometheus_oracle.expanded(texts, tmp_path), strict=True))

    assert {text: refusal(text) for text in refused} == refused
    assert {text: as_newer_go(expanded(text)) for text in texts} == {
        text: as_newer_go(want or "") for text, want in wanted.items()
    }


@amtool
def test_random_pages_are_amtools(tmp_path):
    pages, shown = Pages(1), 0
    for _ in range(150):
        text = pages.page()
        ours, wanted = html_of(text), alertmanager_oracle.rendered(PRELUDE + text, tmp_path, html=True)
        if ours.startswith("error: ") and wanted.startswith("error: "):
            ours, wanted = fault_of(ours), fault_of(wanted)
        shown += not wanted.startswith("error: ")
        assert as_newer(ours) == as_newer(wanted), text
    assert shown > 75


def test_nonsense_is_refused_in_good_order():
    words, done = Words(3), 0
    data = alertmanager_oracle.data_of(alertmanager_oracle.DOCUMENT)
    for _ in range(3000):
        text = words.pick(["", " "]).join(words.pick(WORDS) for _ in range(words.random.randint(1, 20)))
        for render in (HURRIED.text, HURRIED.html):
            try:
                render(text, data)
            except TemplateError:
                continue
            done += 1
    assert done > 300
