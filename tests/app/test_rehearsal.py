"""The rehearsal: each of its queries has an answer, so that what it was to load was used."""

import numpy as np

from watchglass.app import rehearsal
from watchglass.app.rehearsal import rehearse


def test_every_query_of_the_rehearsal_has_an_answer(monkeypatch):
    results = []
    monkeypatch.setattr(rehearsal, "render_json", results.append)
    rehearse()
    assert len(results) == len(rehearsal._QUERIES)
    assert all(np.isfinite(result.data.values[result.data.present]).any() for result in results)
    assert [result.warnings for result in results] == [()] * len(results)
