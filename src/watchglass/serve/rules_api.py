"""Rules, alerts and the Alertmanagers that would hear of them. There are no rules yet: every list is empty.

Source: prometheus/prometheus, web/api/v1/api.go (rules, alerts, alertmanagers), whose checks of parameters are kept.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from watchglass.serve.answer import parse_selectors
from watchglass.serve.envelope import success
from watchglass.serve.params import Params, first, go_integer, invalid, read_params
from watchglass.serve.table import Endpoint

_BOOLEANS = frozenset({"1", "t", "true", "0", "f", "false"})
_MAX_GROUPS = 2**31 - 1


class RulesApi:
    """`/api/v1/rules`, `alerts` and `alertmanagers`."""

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/v1/rules", self.rules, "Rule groups; there are none yet."),
            Endpoint("/api/v1/alerts", self.alerts, "Pending and firing alerts; there are none yet."),
            Endpoint(
                "/api/v1/alertmanagers", self.alertmanagers, "Alertmanagers that are notified; there are none yet."
            ),
        ]

    async def rules(self, request: Request) -> Response:
        """List rule groups."""
        params = await read_params(request)
        parse_selectors(params.get("match[]", ()))
        kind = first(params, "type").lower()
        if kind not in {"", "alert", "record"}:
            raise invalid("type", f'not supported value "{kind}"')
        exclude = first(params, "exclude_alerts").lower()
        if exclude and exclude not in _BOOLEANS:
            reason = f'error converting exclude_alerts: strconv.ParseBool: parsing "{exclude}": invalid syntax'
            raise invalid("exclude_alerts", reason)
        _check_pages(params)
        return success({"groups": []})

    async def alerts(self, _request: Request) -> Response:
        """List alerts."""
        return success({"alerts": []})

    async def alertmanagers(self, _request: Request) -> Response:
        """List Alertmanagers."""
        return success({"activeAlertmanagers": [], "droppedAlertmanagers": []})


def _check_pages(params: Params) -> None:
    limit, token = first(params, "group_limit"), first(params, "group_next_token")
    if not limit:
        if token:
            raise invalid("group_next_token", "group_limit needs to be present in order to paginate over the groups")
        return
    try:
        count = go_integer(limit, "ParseInt", largest=_MAX_GROUPS)
    except ValueError as error:
        raise invalid("group_limit", f"group_limit needs to be a valid number: {error}") from None
    if count <= 0:
        raise invalid("group_limit", "group_limit needs to be greater than 0")
    if token:  # there is no group that it could name
        raise invalid("group_next_token", f"invalid group_next_token '{token}'. were rule groups changed?")
