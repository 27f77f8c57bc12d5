"""The simulated systems, each in a store of its own, for the tests of their panels."""

import pytest
from world import World

from watchglass.simulate.systems import SYSTEMS


@pytest.fixture(scope="session")
def worlds(tmp_path_factory):
    """Makes each system once."""
    made = {}

    def world(name, days):
        if name not in made:
            made[name] = World(tmp_path_factory.mktemp(name), SYSTEMS[name], days)
        return made[name]

    yield world
    for each in made.values():
        each.close()
