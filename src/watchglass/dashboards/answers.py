"""What whoever imports a shared dashboard answers to its `__inputs`: data sources, and values of its own.

Source: Grafana, pkg/services/dashboardimport (`ImportDashboardInput`, `DashTemplateEvaluator`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from watchglass.dashboards.envelope import Draft
from watchglass.dashboards.grafana import Json
from watchglass.dashboards.json_text import parse, patched
from watchglass.dashboards.refusal import RefusalError

FindSource = Callable[[str], str | None]
"""The uid of a data source by its uid or name; None where there is none."""

_NAME = re.compile(r"\$\{([^{}]+)\}")
_ANY = "*"  # answers every input of its type
_EXPRESSIONS = "__expr__"  # Grafana's own source, which has but one name


class _Filled(NamedTuple):
    values: dict[str, str]
    notes: list[str]


def answered(draft: Draft, find_source: FindSource) -> tuple[Draft, list[str]]:
    """The draft with its answers in the places of what it asks for, and what is to be said about them.

    Every other letter of the document stays, but `__inputs` is empty then: nothing is asked any more. A draft that
    came without answers stays as it is.

    Raises:
        RefusalError: an answer names a data source that is not there, or is none at all.
    """
    if draft.answers is None:
        return draft, []
    document = parse(draft.text)
    answers = [_checked(answer) for answer in draft.answers]
    values, notes = _values(list(_inputs(document)), answers, find_source)
    if not values:
        return draft, notes

    def fill(text: str, *, as_json: bool = False) -> str:
        written = {name: json.dumps(value)[1:-1] if as_json else value for name, value in values.items()}
        return _NAME.sub(lambda found: written.get(found[1], found[0]), text)

    left = [entry for entry in _inputs(document) if entry["name"] not in values]
    filled = replace(
        draft,
        text=patched(fill(draft.text, as_json=True), {"__inputs": left}),
        title=fill(draft.title),
        description=fill(draft.description),
        uid=fill(draft.uid),
        tags=tuple(map(fill, draft.tags)),
    )
    return filled, notes


def _inputs(document: Any) -> Iterator[Json]:
    inputs = document.get("__inputs") if isinstance(document, dict) else None
    for entry in inputs if isinstance(inputs, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            yield entry


def _checked(answer: Any) -> Json:
    """An answer whose members are text."""
    if not isinstance(answer, dict) or not isinstance(answer.get("name"), str):
        raise RefusalError('bad request data: inputs must be a list of {"name", "type", "value"}')
    for key in ("type", "value"):
        if not isinstance(answer.get(key, ""), str):
            raise RefusalError(f'bad request data: {key} of the input "{answer["name"][:100]}" must be text')
    return answer


def _values(inputs: list[Json], answers: list[Json], find_source: FindSource) -> _Filled:
    """What stands for each input that is answered, and what is to be said about the others."""
    values, notes = {}, []
    for entry in inputs:
        name, kind = entry["name"], entry.get("type", "")
        found = next((each for each in answers if _answers(each, name, kind)), None)
        if entry.get("pluginId") == _EXPRESSIONS:
            values[name] = _EXPRESSIONS
        elif found is not None and kind != "datasource":
            values[name] = found.get("value", "")
        elif found is not None and found.get("value"):
            values[name] = _source(name, found["value"], find_source)
        elif kind == "constant":
            notes.append(f"the input {name} is not given; the value that it brings is taken")
    known = {(entry["name"], entry.get("type", "")) for entry in inputs}
    for answer in answers:
        name, kind = answer["name"], answer.get("type", "")
        if name != _ANY and (name, kind) not in known:
            notes.append(f"it asks for no input {name[:100]} of the type {kind[:100] or 'that has none'}")
    return _Filled(values, notes)


def _answers(answer: Json, name: str, kind: str) -> bool:
    return answer.get("type", "") == kind and answer["name"] in {name, _ANY}


def _source(name: str, value: str, find_source: FindSource) -> str:
    uid = find_source(value)
    if uid is None:
        raise RefusalError(
            f'the input {name[:100]} names the data source "{value[:100]}", which is not here:'
            " GET /api/datasources lists those that are"
        )
    return uid
