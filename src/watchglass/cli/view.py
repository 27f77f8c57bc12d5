"""`watchglass view PACK [DASHBOARD]`: a dashboard of a running server as text, live, as wide as the terminal is."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import quote

from watchglass.cli.client import ClientError, get_data
from watchglass.cli.invocation import server_url
from watchglass.cli.terminal.asking import RunningServer, take_picture
from watchglass.cli.terminal.fields import Json
from watchglass.cli.terminal.lines import render
from watchglass.cli.terminal.live import LiveView
from watchglass.cli.terminal.page import draw_page

COLUMNS = 80
"""Where nobody says how wide a terminal is."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the terminal can show."""

    color: bool
    unicode: bool


def run(options: argparse.Namespace) -> int:
    """Print once, or show live until `q`."""
    server = RunningServer(server_url(options))
    views = find_views(server, options.pack)
    chosen = choose(views, options.dashboard)
    look = look_of_terminal()
    if options.once or not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        board = server.dashboard(views[chosen]["uid"])
        picture = take_picture(server, board, _now_ms())
        width = shutil.get_terminal_size((COLUMNS, 24)).columns - 1
        for text in render(draw_page(picture, width), color=look.color, unicode=look.unicode):
            sys.stdout.write(text + "\n")
        return 0
    LiveView(server, views, chosen, color=look.color, unicode=look.unicode).run()
    return 0


def _now_ms() -> int:
    return int(time.time() * 1000)


def look_of_terminal() -> Look:
    """Colours on a terminal unless `NO_COLOR` is set; block characters where the encoding has them."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Look(color, encoding.startswith("utf"))


def find_views(server: RunningServer, name: str) -> Sequence[Json]:
    """The dashboards of a pack that is switched on, its start page first; or the one dashboard of that uid.

    Raises:
        ClientError: there is neither.
    """
    packs = get_data(server.url, "/api/v1/packs")["packs"]
    pack = next((pack for pack in packs if pack["name"] == name), None)
    if pack is not None and pack["enabled"] and pack["dashboards"]:
        found: Sequence[Json] = pack["dashboards"]
        return found
    if pack is not None:
        how = f"start it with `watchglass up --pack {name}`" if not pack["enabled"] else "it has no dashboard"
        raise ClientError(f"pack {name} is not shown by the server at {server.url}: {how}")
    try:
        board = server.dashboard(quote(name, safe=""))
    except ClientError:
        near = get_close_matches(name, [pack["name"] for pack in packs], 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ClientError(f"there is neither a pack nor a dashboard called {name}{hint}") from None
    return [{"uid": board["uid"], "title": board["title"]}]


def choose(views: Sequence[Json], wanted: str | None) -> int:
    """Which dashboard is meant: by number, uid, the end of a uid, or title; the first where nothing is said.

    Raises:
        ClientError: none is.
    """
    if not wanted:
        return 0
    if wanted.isdigit() and 1 <= int(wanted) <= len(views):
        return int(wanted) - 1
    word = wanted.casefold().replace(" ", "-").replace("_", "-")
    for at, view in enumerate(views):
        title = view["title"].casefold().replace(" ", "-")
        if word in {view["uid"].casefold(), title} or view["uid"].casefold().endswith(f"-{word}"):
            return at
    known = "; ".join(f"{at}: {view['title']}" for at, view in enumerate(views, 1))
    raise ClientError(f'there is no dashboard "{wanted}" there; there are {known}')
