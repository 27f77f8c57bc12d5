"""The web UI: the built files, cached as long as their names allow, and one page for every address of the UI.

File names that carry a hash of their content never change; everything else is asked for again with an ETag. Where there is
a `.gz` of a file it is sent as it is, and unpacked for a client that does not take gzip; the plain file need not be there.
The page carries its own ETag as its build, by which a page that is still open after an upgrade sees that it is an old one, and
says how often dashboards refresh that do not say it themselves.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import logging
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import request_response
from starlette.types import ASGIApp

from watchglass.serve.compress import choose_encoding
from watchglass.serve.table import Endpoint, Handler
from watchglass.version import __version__

log = logging.getLogger("watchglass.serve")

STATIC = Path(__file__).parent / "static"
HASHED = "assets/"  # the build puts a hash into the names of these files
FOREVER = "public, max-age=31536000, immutable"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
DASHBOARD_PAGES = ("/", "/d/{uid}", "/d/{uid}/{slug}")
PAGES = (
    "/dashboard/new",
    "/dashboards",
    "/dashboards/deleted",
    "/dashboards/import",
    "/dashboards/f/{uid}",
    "/dashboards/f/{uid}/{slug}",
    "/explore",
    "/graph",
    "/alerts",
    "/rules",
    "/silences",
    "/routing",
    "/notifications",
    "/history",
    "/packs",
    "/packs/{name}",
    "/targets",
    "/service-discovery",
    "/status",
    "/tsdb-status",
    "/config",
    "/flags",
)
HOME_UID = "this-machine"
"""The dashboard of the landing page: `web/src/shell/home.ts`."""
IMPORT_PAGE = ("/import", "dashboards/import"), ("/dashboard/import", "../dashboards/import")
"""Where people look for it, Grafana's address among them, and where it is from there: a prefix stays what it is."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One built file."""

    path: Path
    packed: bool
    media_type: str
    etag: str


class Ui:
    """Serves the built files from a folder; without them, a plain page that says so."""

    def __init__(self, prefix: str = "", folder: Path | None = None, *, refresh_ms: int = 0) -> None:
        self._folder = folder or STATIC
        self._base = f"{prefix}/"
        self._refresh = f'<meta name="watchglass-refresh" content="{refresh_ms}">'
        self._assets: dict[str, Asset] = {}
        self._index: bytes = b""
        self._build = ""
        self._index_stamp = 0
        self._load()
        if not self._index:
            log.warning("the web UI is not part of this installation: serving the API only")

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        dashboards = [Endpoint(path, self.dashboard, "A page of the web UI.") for path in DASHBOARD_PAGES]
        pages = dashboards + [Endpoint(path, self.page, "A page of the web UI.") for path in PAGES]
        return pages + [
            Endpoint(path, _leads_to(place), "Leads to `/dashboards/import`.") for path, place in IMPORT_PAGE
        ]

    @property
    def default(self) -> ASGIApp:
        """What answers every address that the route table does not have: a built file, or 404."""
        return request_response(self.asset)

    async def page(self, request: Request) -> Response:
        """Answer any of the UI's addresses with its one page."""
        self._load()
        if not self._index:
            return HTMLResponse(_PLAIN_PAGE.format(base=html.escape(self._base)))
        etag = f'"{self._build}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        if _has(request, etag):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(self._index, headers=headers)

    async def dashboard(self, request: Request) -> Response:
        """Answer with the one page, and name what its scripts ask for first: the browser need not read them before."""
        answer = await self.page(request)
        uid = quote(request.path_params.get("uid", HOME_UID), safe="!~*'()")  # as browsers write it
        for path in ("api/datasources", f"api/v1/watchglass/dashboards/{uid}"):
            answer.headers.append("Link", f"<{self._base}{path}>; rel=preload; as=fetch; crossorigin")
        return answer

    async def asset(self, request: Request) -> Response:
        """Answer with a built file, or 404: for people, as a page that says where to go."""
        name = request.scope["path"].lstrip("/")
        asset = self._assets.get(name)
        if asset is None or request.method not in {"GET", "HEAD"}:
            if self._index and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
                return HTMLResponse(self._index, 404, {"Cache-Control": "no-cache"})
            return PlainTextResponse("Not Found\n", 404)
        request.scope["endpoint"] = self.asset
        headers = {"ETag": asset.etag, "Cache-Control": FOREVER if name.startswith(HASHED) else "no-cache"}
        if _has(request, asset.etag):
            return Response(status_code=304, headers=headers)
        try:
            content = asset.path.read_bytes()
        except OSError:  # rebuilt under our feet
            return PlainTextResponse("Not Found\n", 404)
        if asset.packed:
            headers["Vary"] = "Accept-Encoding"
            if choose_encoding(request.headers.get("accept-encoding", "").replace("zstd", "")):
                headers["Content-Encoding"] = "gzip"
            else:
                content = gzip.decompress(content)
        return Response(content, headers=headers, media_type=asset.media_type)

    def _load(self) -> None:
        """Read the folder, again only where a new build has replaced its page."""
        try:
            index = self._folder / "index.html"
            stamp = index.stat().st_mtime_ns
            if stamp == self._index_stamp:
                return
            page = index.read_bytes()
        except OSError:
            return
        self._build = hashlib.blake2b(page + f"{__version__}{self._refresh}".encode(), digest_size=12).hexdigest()
        base = f'<base href="{html.escape(self._base)}"><meta name="watchglass-build" content="{self._build}">'
        head = f"<head>{base}{self._refresh}"
        self._index, self._index_stamp = page.replace(b"<head>", head.encode(), 1), stamp
        files = [
            path
            for path in sorted(self._folder.rglob("*"))  # a packed file comes after the plain one, and takes its place
            if path.is_file() and not path.is_symlink() and path.name != "index.html" and path.name[0] != "."
        ]
        self._assets = {str(path.relative_to(self._folder)).removesuffix(".gz"): _asset(path) for path in files}


def _leads_to(place: str) -> Handler:
    async def lead(_request: Request) -> Response:
        return Response(status_code=302, headers={"Location": place})

    return lead


def _asset(path: Path) -> Asset:
    packed = path.suffix == ".gz"
    suffix = Path(path.stem).suffix if packed else path.suffix
    stat = path.stat()
    media_type = MEDIA_TYPES.get(suffix, "application/octet-stream")
    return Asset(path, packed, media_type, f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"')


def _has(request: Request, etag: str) -> bool:
    offered = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    return etag in offered or "*" in offered


_PLAIN_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><base href="{base}"><title>Watchglass</title></head>
<body><h1>Watchglass</h1>
<p>Watchglass runs, but the web UI is not part of this installation. The HTTP API is:</p>
<ul><li><a href="api/v1/targets">api/v1/targets</a></li><li><a href="api/v1/query?query=up">api/v1/query?query=up</a></li>
<li><a href="health">health</a></li><li><a href="metrics">metrics</a></li></ul>
</body></html>
"""
