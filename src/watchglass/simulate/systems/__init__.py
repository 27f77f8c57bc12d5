"""The simulated systems, one row each."""

from watchglass.simulate.run import System
from watchglass.simulate.systems.awareness_network import AWARENESS_NETWORK
from watchglass.simulate.systems.dinoair import DINOAIR
from watchglass.simulate.systems.fluxai import FLUXAI
from watchglass.simulate.systems.hybrid_ai_stack import HYBRID_AI_STACK
from watchglass.simulate.systems.sidepanel import SIDEPANEL

SYSTEMS: dict[str, System] = {
    system.pack: system for system in (SIDEPANEL, HYBRID_AI_STACK, DINOAIR, FLUXAI, AWARENESS_NETWORK)
}
"""By the names of their packs."""
