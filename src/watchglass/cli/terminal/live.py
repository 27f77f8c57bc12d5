"""A dashboard that stays on the terminal: asked again and again, drawn again whenever its size changes.

Asking is done by a thread of its own, so that a slow server holds up neither keys nor sizes.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import termios
import threading
import time
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from watchglass.cli.client import ClientError
from watchglass.cli.terminal.asking import Picture, RunningServer, take_picture
from watchglass.cli.terminal.fields import Json
from watchglass.cli.terminal.lines import clip, plain_ascii, render
from watchglass.cli.terminal.page import draw_page
from watchglass.cli.terminal.times import clock, parse_span

LEAST_REFRESH_S = 1.0
REFRESH_S = 30.0
"""Of a dashboard that says none."""

_ENTER = "\x1b[?1049h\x1b[?25l"  # the other screen, without a cursor
_LEAVE = "\x1b[?25h\x1b[?1049l"
_UP, _DOWN = {"\x1b[A", "k"}, {"\x1b[B", "j"}
_PAGE_UP, _PAGE_DOWN = {"\x1b[5~", "b"}, {"\x1b[6~", " "}
_NEXT, _PREVIOUS = {"\x1b[C", "\t", "n"}, {"\x1b[D", "p"}


class LiveView:
    """Shows dashboards until somebody presses `q`.

    Args:
        server: is asked.
        views: the dashboards to choose from, with `uid` and `title`.
        chosen: the one that is shown first.
        color: whether to colour.
        unicode: whether the terminal has block characters.
    """

    def __init__(
        self, server: RunningServer, views: Sequence[Json], chosen: int, *, color: bool, unicode: bool
    ) -> None:
        self._server, self._views, self._chosen = server, views, chosen
        self._color, self._unicode = color, unicode
        self._picture: Picture | None = None
        self._trouble = ""
        self._top = 0
        self._wanted = threading.Event()
        self._ended = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def run(self) -> None:
        """Show until the end."""
        asking = threading.Thread(target=self._ask, name="ask", daemon=True)
        with self._screen():
            asking.start()
            self._draw()
            while self._step():
                self._draw()
        self._ended = True
        self._wanted.set()

    @contextmanager
    def _screen(self) -> Iterator[None]:
        """The other screen of the terminal, with keys as they are pressed; everything as before afterwards."""
        keyboard = sys.stdin.fileno()
        before = termios.tcgetattr(keyboard)
        sizes = signal.signal(signal.SIGWINCH, lambda *_: None)
        wakeup = signal.set_wakeup_fd(self._wake_write)
        sys.stdout.write(_ENTER)
        try:
            tty.setcbreak(keyboard)
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            signal.signal(signal.SIGWINCH, sizes)
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
            sys.stdout.write(_LEAVE)
            sys.stdout.flush()

    def _step(self) -> bool:
        """Wait for a key, new data or another size; False at the end."""
        keyboard = sys.stdin.fileno()
        try:
            ready, _, _ = select.select([keyboard, self._wake_read], [], [])
        except KeyboardInterrupt:
            return False
        if self._wake_read in ready and signal.SIGINT in os.read(self._wake_read, 4096):
            return False
        return self._key(os.read(keyboard, 16).decode(errors="ignore")) if keyboard in ready else True

    def _key(self, key: str) -> bool:
        page = max(1, shutil.get_terminal_size().lines - 2)
        if key in {"q", "Q", "\x03", "\x04", ""}:
            return False
        moves = [(_UP, -1), (_DOWN, 1), (_PAGE_UP, -page), (_PAGE_DOWN, page)]
        self._top += next((by for keys, by in moves if key in keys), 0)
        if key.isdigit() and 1 <= int(key) <= len(self._views):
            self._show(int(key) - 1)
        elif key in _NEXT | _PREVIOUS:
            self._show((self._chosen + (1 if key in _NEXT else -1)) % len(self._views))
        elif key == "r":
            self._wanted.set()
        return True

    def _show(self, at: int) -> None:
        if at != self._chosen:
            self._chosen, self._picture, self._top = at, None, 0
            self._wanted.set()

    def _draw(self) -> None:
        size = shutil.get_terminal_size()
        lines = self._lines(size.columns - 1)
        room = max(1, size.lines - 1)
        self._top = max(0, min(self._top, len(lines) - room))
        shown = lines[self._top : self._top + room]
        below = self._status(size.columns - 1, more=len(lines) > self._top + room)
        text = "".join(f"{each}\x1b[K\r\n" for each in shown)
        sys.stdout.write(f"\x1b[H{text}\x1b[J{below}")
        sys.stdout.flush()

    def _lines(self, width: int) -> list[str]:
        if self._picture is None:
            return [self._trouble or f"{self._views[self._chosen]['title']}: asking {self._server.url} …"]
        return render(draw_page(self._picture, width), color=self._color, unicode=self._unicode)

    def _status(self, width: int, *, more: bool) -> str:
        """The last line: what keys do, and when it was asked."""
        keys = [f"1-{len(self._views)} views"] if len(self._views) > 1 else []
        keys += ["arrows scroll"] if more or self._top else []
        at = clock(self._picture.now_ms, None, "%H:%M:%S") if self._picture else ""
        text = clip(" · ".join(filter(None, [at, *keys, "q quits", self._trouble])), width)
        return text if self._unicode else plain_ascii(text)

    def _ask(self) -> None:
        """Ask for as long as the view lasts."""
        boards: dict[str, Json] = {}
        while not self._ended:
            view = self._views[self._chosen]["uid"]
            self._wanted.clear()
            pause_s = REFRESH_S
            try:
                if view not in boards:
                    boards[view] = self._server.dashboard(view)
                picture = take_picture(self._server, boards[view], int(time.time() * 1000))
                pause_s = max(LEAST_REFRESH_S, parse_span(str(boards[view].get("refresh") or "")) / 1000 or REFRESH_S)
                if view == self._views[self._chosen]["uid"]:
                    self._picture, self._trouble = picture, ""
            except ClientError as error:
                self._trouble = str(error)
            self._wake()
            self._wanted.wait(pause_s)

    def _wake(self) -> None:
        with suppress(BlockingIOError):  # it is awake
            os.write(self._wake_write, b"\0")
