"""Templates by chance: what may stand in an action in any order, and what a page may be made of."""

from __future__ import annotations

from random import Random

NUMBERS = [
    "0",
    "1",
    "-1",
    "42",
    "255",
    "-255",
    "100000",
    "123456789",
    "9223372036854775807",
    "0x1F",
    "'a'",
    "65",
    "128512",
]
NUMBERS += [
    "0.0",
    "1.0",
    "-1.5",
    "3.14159",
    "1e6",
    "1e21",
    "1e-5",
    "123456789.0",
    "0.1",
    "1e100",
    "2.5",
    "-0.0",
    "999999.5",
    "1e-7",
    "12345.678",
    "5e-324",
]
TEXTS = ['"a"', '""', '"héllo"', '"a b"', '`x"y`', '"日本"', '"A\\tB\\n"', '"12.5"', '"host.example.com:80"']
TEXTS += ["$labels.job", "$labels.odd", "$labels.instance"]
VALUES = [
    *NUMBERS,
    *TEXTS,
    "true",
    "nil",
    "$labels",
    "$value",
    '(args "a" "b")',
    "2i",
    '(query "sort(requests)" | len)',
]
FUNCTIONS = (
    "toUpper toLower title humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp stripPort"
)
FUNCTIONS = f"{FUNCTIONS} stripDomain len print println html js urlquery not safeHtml graphLink".split()
RANGES = ['args 1 "x"', "$labels", 'query "sort(requests)"', "args", "nil"]


class Words:
    """Makes templates of rules."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pick = self.random.choice

    def verb(self) -> str:
        flags = "".join(self.random.sample("+- 0", self.pick([0, 0, 1, 2])))
        width = self.pick(["", "", "1", "5", "20", "*"])
        precision = self.pick(["", "", ".0", ".1", ".5", ".*"])
        return f"%{flags}{width}{precision}{self.pick(['', '', '', '[1]', '[9]'])}{self.pick('vvdsqxXoObcUeEfFgGtTz%')}"

    def value(self) -> str:
        return self.pick(VALUES)

    def expression(self, depth: int = 0) -> str:
        inner = self.value() if depth > 2 or self.random.random() < 0.6 else f"({self.expression(depth + 1)})"
        kind = self.random.random()
        if kind < 0.35:
            verbs = " ".join(self.verb() for _ in range(self.random.randint(1, 3)))
            return f'printf "{verbs}" {" ".join(self.value() for _ in range(self.random.randint(0, 4)))}'
        if kind < 0.65:
            return f"{self.pick(FUNCTIONS)} {inner}"
        if kind < 0.85:
            return (
                f"{self.pick(['eq', 'ne', 'lt', 'ge', 'and', 'or', 'index', 'slice', 'print'])} {inner} {self.value()}"
            )
        return f"{inner} | {self.pick(FUNCTIONS)}"

    def template(self, depth: int = 0) -> str:
        kind = self.random.random() if depth < 3 else 1
        if kind < 0.15:
            return f"{{{{ if {self.expression()} }}}}{self.template(depth + 1)}{{{{ else }}}}{self.template(depth + 1)}{{{{ end }}}}"
        if kind < 0.25:
            return f"{{{{ range $k, $v := {self.pick(RANGES)} }}}}{self.template(depth + 1)}{{{{ $k }}}}{{{{ else }}}}e{{{{ end }}}}"
        if kind < 0.35:
            return f"{{{{ with {self.expression()} }}}}{self.template(depth + 1)}{{{{ . }}}}{{{{ end }}}}"
        before, begin, end = self.pick(["", "x\n", " "]), self.pick(["{{", "{{-"]), self.pick(["}}", "-}}"])
        return f"{before}{begin} {self.expression()} {end} y"


SHOWN = ["$s", "$u", "$j", "$x", "$w", "5", "1.5", "true", '"a b"', '"a\\"b"', '"a\'b"', '"/x"', '"--"', '"+1"']
SHOWN += [
    '(safeHtml "<b>i</b>")',
    '"é\\u2028"',
    '"\\\\"',
    '(stringSlice "a" "<b>")',
    '"a:b"',
    '"#f00"',
    '"%zz"',
    '"&amp;"',
]
SHOWN += ['"http://a/b?c=d e&f"', "`a,b 2x`", '"]]"', '"*/"', '"onclick"']
TAGS = ["p", "a", "img", "div", "td", "a-b"]
ATTRIBUTES = {
    "title": "a |&amp;|é|1",
    "href": "/|?|#|a|&b=|http://|%20|:|javascript:|,",
    "srcset": "/|a|, |2x",
    "style": "color:|;|url(|)|#f|a:b| |\\41 |(|background",
    "onclick": "var x = |;|/|+|(|)|{|}|[|]|return |x|1|.|=|,",
    "data-url": "/|?|a:|b",
}


class Pages(Words):
    """Makes templates of pages."""

    def pieces(self, chunks: str, count: int) -> str:
        return "".join(self.pick([self.pick(chunks.split("|")), self.action()]) for _ in range(count))

    def action(self) -> str:
        shown = self.pick(SHOWN)
        if self.random.random() < 0.8:
            return f"{{{{ {shown} }}}}"
        return f"{{{{ if {shown} }}}}{self.pick(['a', 'b', '/c'])}{{{{ else }}}}{self.pick(['a', '?'])}{{{{ end }}}}"

    def attribute(self) -> str:
        name, quote = self.pick(sorted(ATTRIBUTES)), self.pick("\"'")
        return f" {name}={quote}{self.pieces(ATTRIBUTES[name], self.random.randint(1, 4))}{quote}"

    def page(self) -> str:
        parts = []
        for _ in range(self.random.randint(1, 3)):
            attributes = "".join(self.attribute() for _ in range(self.random.randint(0, 2)))
            parts.append(f"<{self.pick(TAGS)}{attributes}>{self.pieces('a|< |&|<b>|<!-- c -->|<br/>', 2)}")
        script = self.pieces('var x = |;|"a"|+|(|)|{|}|[|]|return |x |1|,', 4)
        style = self.pieces('p|{|}|color:|;|"a"|/*c*/|#f|a:b', 3)
        parts.append(
            self.pick(["", f"<script>{script}</script>", f"<style>{style}</style>", "<textarea>{{ $x }}</textarea>"])
        )
        return "".join(parts)
