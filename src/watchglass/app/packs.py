"""What is shown of packs: loaded when somebody first asks for it, since most servers have none switched on."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchglass.app.stack import Stack
    from watchglass.packs.boards import PackBoards
    from watchglass.packs.catalogue import PackCatalogue


@lru_cache(maxsize=1)
def pack_boards(stack: Stack) -> PackBoards:
    """The dashboards of packs that are switched on, whichever those are at the time."""
    from watchglass.packs.boards import PackBoards  # noqa: PLC0415 - see above

    return PackBoards(lambda: stack.configuration.packs, lambda: stack.configuration.settings.time_zone)


@lru_cache(maxsize=1)
def pack_catalogue(stack: Stack) -> PackCatalogue:
    """What is known of all packs."""
    from watchglass.packs.catalogue import PackCatalogue, Situation  # noqa: PLC0415 - see above

    def now() -> Situation:
        current = stack.configuration
        return Situation(current.packs, current.joined, current.settings.time_zone)

    return PackCatalogue(now, pack_boards(stack), lambda: stack.scraping.targets().active if stack.scraping else [])
