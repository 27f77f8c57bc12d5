"""The route table: it is documented, unambiguous, and says what each endpoint is for."""

from pathlib import Path

from watchglass.serve.alertmanager_api import PREFIXES
from watchglass.serve.http import route_table
from watchglass.serve.ui import Ui

DOCUMENT = Path(__file__).parents[2] / "docs/http-api.md"


def endpoints(make_parts):
    return route_table(make_parts(), Ui())


def test_the_document_lists_the_routes(make_parts):
    rows = ["| methods | address | what |", "|---|---|---|"]
    rows += [f"| {', '.join(row.methods)} | `{row.path}` | {row.summary} |" for row in endpoints(make_parts)]
    documented = DOCUMENT.read_text().partition("<!-- endpoints -->\n")[2].partition("<!-- end -->")[0]
    assert documented == "\n".join(rows) + "\n"


def test_no_address_is_listed_twice(make_parts):
    addresses = [(method, row.path) for row in endpoints(make_parts) for method in row.methods]
    assert len(addresses) == len(set(addresses))


def test_what_changes_something_is_not_a_get(make_parts):
    changing = {row.path for row in endpoints(make_parts) if "GET" not in row.methods}
    assert changing == {
        "/-/reload",
        "/-/quit",
        "/api/v1/import",
        *(f"{prefix}/{rest}" for prefix in PREFIXES for rest in ("alerts", "silences", "silence/{silence_id}")),
        "/api/v1/watchglass/client_errors",
        "/api/dashboards/db",
        "/api/dashboards/import",
        "/api/dashboards/import/preview",
        "/api/dashboards/uid/{uid}",
        "/api/dashboards/uid/{uid}/restore",
        "/api/v1/watchglass/dashboards/{uid}/undelete",
        "/api/v1/watchglass/deleted_dashboards/{number}",
        "/api/user/stars/dashboard/uid/{uid}",
        "/api/admin/provisioning/dashboards/reload",
        "/api/folders",
        "/api/folders/{uid}",
        "/api/annotations",
        "/api/annotations/graphite",
        "/api/annotations/{number}",
    }
