"""Groups of rules over samples in memory, evaluated at times that a test says."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from watchglass.clock import ManualClock
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.promql.engine import Engine
from watchglass.rules.answer import as_answer
from watchglass.rules.group import Group
from watchglass.rules.memory_store import MemoryStore
from watchglass.rules.read import read_rule_file
from watchglass.rules.surroundings import RuleOptions, Surroundings
from watchglass.rules.templates import Environment, expand

MINUTE = 60_000


class Bench:
    """Rules from text, a store in memory, and what was sent."""

    def __init__(self, folder, *, options=None, store=None, query=None):
        self.store = store or MemoryStore()
        self.engine = Engine(self.store)
        self.sent = []
        self.folder = folder
        self.clock = ManualClock()
        self.around = Surroundings(
            query=query or self.around_query,
            appender=self.store,
            storage=self.store,
            emit=self.sent.extend,
            expand=partial(
                expand, environment=Environment(lambda expr, time_ms: self.around_query(expr, time_ms).rows())
            ),
            clock=self.clock,
            external_url="http://here",
            options=options or RuleOptions(),
        )

    def put(self, time_ms, samples):
        """Append `{text of a selector's labels: value}` at one time."""
        refs = [self.store.series_ref(_labels(text)) for text in samples]
        batch = Batch(np.array(refs, np.uint32), np.array(list(samples.values()), float), time_ms)
        self.store.append(batch).result()

    def groups(self, text, *, interval_ms=MINUTE, restored=True):
        path = self.folder / "rules.yml"
        path.write_text(text)
        return [
            Group(replace(each, interval_ms=each.interval_ms or interval_ms), self.around, restored=restored)
            for each in read_rule_file(path)
        ]

    def group(self, *rules, restored=True, **keys):
        """One group; each rule is the text of its keys in braces."""
        head = "".join(f"  {name}: {value}\n" for name, value in keys.items())
        text = f"groups:\n- name: g\n{head}  rules:\n" + "".join(f"  - {{{rule}}}\n" for rule in rules)
        return self.groups(text, restored=restored)[0]

    def ask(self, expr, time_ms):
        """`{labels as text: value}` of an instant query."""
        return {str(labels): value for labels, value in self.around_query(expr, time_ms).rows()}

    def around_query(self, expr, time_ms):
        return as_answer(self.engine.instant(expr, time_ms))

    def take_sent(self):
        sent, self.sent[:] = list(self.sent), []
        return sent


def _labels(text):
    from watchglass.promql.parse import parse

    return Labels.of({matcher.name: matcher.value for matcher in parse(text).matchers})
