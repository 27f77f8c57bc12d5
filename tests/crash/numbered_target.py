"""A scrape target that numbers its scrapes and logs each body that it served whole."""

import http.server
import threading
import time


class NumberedTarget:
    """Serves `series` series; in scrape k each has the value k.

    Attributes:
        served: scrape numbers whose body was written to the socket, with the time when.
    """

    def __init__(self, series: int) -> None:
        self._texts = [f'crash_test{{series="{i}",path="/v1/chat/{i % 31}"}} ' for i in range(series)]
        self._lock = threading.Lock()
        self._next = 1
        self.served: dict[int, float] = {}
        handler = self._handler()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def begun(self) -> int:
        """The last scrape number whose body was begun."""
        return self._next - 1

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take_number(self) -> int:
        with self._lock:
            number, self._next = self._next, self._next + 1
            return number

    def _handler(self):
        target = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                number = target._take_number()
                body = "".join([f"{text}{number}\n" for text in target._texts]).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                target.served[number] = time.monotonic()

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    """The scraper was killed while it read: its scrape does not count as served."""

            def log_message(self, *_arguments) -> None:
                """Say nothing."""

        return Handler
