"""The registry of an application's own events: API requests, model generations, errors, sessions, workflows, files.

Every registry of a process records into the same state unless it is given another, so that a registry that the
application makes for itself, or a subclass with methods of its own, is exported without being announced anywhere.
"""

from __future__ import annotations

import logging

from watchglass.sdk.dinoair.histogram import BoundedHistogram
from watchglass.sdk.dinoair.keys import LONGEST_VALUE
from watchglass.sdk.dinoair.mappings import Amounts, Histograms
from watchglass.sdk.dinoair.state import RecentError, State, process_state
from watchglass.sdk.dinoair.tables import PREFIX, Cell

__all__ = ["PREFIX", "BoundedHistogram", "CustomMetricsRegistry"]

FAILED_FROM = 400
"""The lowest HTTP status that counts as an error."""

_log = logging.getLogger("CustomMetricsRegistry")
_DEBUG = logging.DEBUG


class CustomMetricsRegistry:
    """Records events, and holds three mappings that a subclass may count into.

    A method of one's own may do what it would with a `defaultdict(int)`, a dictionary and a dictionary of lists:

        self.counters["cache_get_total"] += 1
        self.gauges["cache_get_hit_rate"] = 0.5
        self.histograms["cache_get_times"].append(0.002)

    which is exposed as `dinoair_custom_cache_get_total` and so on. Threads may record at once.

    Args:
        state: where events go; the process's own unless given.
    """

    def __init__(self, state: State | None = None) -> None:
        self.state = state or process_state()
        tables = self.state.tables
        self.counters: Amounts = tables.counters
        self.gauges: Amounts = tables.gauges
        self.histograms: Histograms = tables.histograms
        self._requests: dict[tuple[str, str, str], tuple[Cell, Cell, BoundedHistogram]] = {}

    def record_api_request(
        self, service: str, endpoint: str, response_time: float, status_code: int = 200, method: str = "GET"
    ) -> None:
        """A request to a service was answered.

        Args:
            service: which one.
            endpoint: its path; a template such as `/users/{id}` keeps the number of series low.
            response_time: in seconds.
            status_code: of HTTP; from 400 on it counts as an error, and is never left out by sampling.
            method: of HTTP.
        """
        state, failed = self.state, status_code >= FAILED_FROM
        weight = 1.0 if failed else state.weight("api_request")
        if not (state.config.track_api_requests and state.config.enable_custom_metrics and weight):
            return
        now_s, known = state.clock.now_ms() / 1000, state.service(service)
        requests, errors, seconds = self._request_cells(service, endpoint, method)
        with state.tables.lock:
            requests.add(weight)
            errors.add(weight if failed else 0.0)
            seconds.observe(response_time, weight)
            known.requests.add(now_s, 0.0, weight)
            known.responses.add(now_s, response_time, weight)
            if failed:
                known.failures.add(now_s)
        if _log.isEnabledFor(_DEBUG):
            _log.debug("api request: %s %s %s %s %.3f s", service, method, endpoint, status_code, response_time)

    def _request_cells(self, service: str, endpoint: str, method: str) -> tuple[Cell, Cell, BoundedHistogram]:
        """The cells that a request moves, which are remembered while there are not too many."""
        found = self._requests.get((service, endpoint, method))
        if found is None:
            tables = self.state.tables
            found = (
                tables.counts.of("api_requests_total", service),
                tables.counts.of("api_errors_total", service),
                tables.observations.of("api_response_time_seconds", service, endpoint, method),
            )
            if len(self._requests) < tables.most_series:
                self._requests[service, endpoint, method] = found
        return found

    def record_model_generation(
        self,
        model_name: str,
        generation_time: float,
        success: bool = True,  # noqa: FBT001, FBT002 - the guide's signature
        prompt_length: int = 0,
        output_length: int = 0,
    ) -> None:
        """A model has generated, or failed to.

        Args:
            model_name: which one.
            generation_time: in seconds.
            success: whether it gave an answer; a failure is never left out by sampling.
            prompt_length: in tokens or characters, as the application counts; 0 where it is not known.
            output_length: likewise.
        """
        config = self.state.config
        weight = self.state.weight("model_generation") if success else 1.0
        if not (config.track_model_usage and config.enable_custom_metrics and weight):
            return
        self._count("model_generations_total", weight, model_name, "true" if success else "false")
        self._observe("model_generation_seconds", generation_time, weight, model_name)
        for name, length in (("model_prompt_length", prompt_length), ("model_output_length", output_length)):
            if length > 0:
                self._observe(name, length, weight, model_name)
        _log.debug("model generation: %s %.3f s, success: %s", model_name, generation_time, success)

    def set_model_queue_size(self, model_name: str, size: int) -> None:
        """So many generations wait for a model now."""
        if self.state.config.track_model_usage and self.state.config.enable_custom_metrics:
            self._set("model_queue_size", size, model_name)

    def record_error(
        self, error_type: str, error_message: str, service: str = "unknown", severity: str = "error"
    ) -> None:
        """Something went wrong.

        Args:
            error_type: what kind; few different ones.
            error_message: what it said; kept among the last hundred errors, never a label.
            service: where.
            severity: how bad.
        """
        state, weight = self.state, self.state.weight("error")
        if not (state.config.track_error_rates and state.config.enable_custom_metrics and weight):
            return
        now_ms = state.clock.now_ms()
        kind = tuple(str(word)[:LONGEST_VALUE] for word in (error_type, service, severity))
        self._count("errors_total", weight, *kind)
        known = state.service(kind[1])
        with state.tables.lock:
            state.error_rate.add(now_ms / 1000, 0.0, weight)
            known.errors.add(now_ms / 1000, 0.0, weight)
            state.recent_errors.append(RecentError(now_ms, kind[0], str(error_message)[:500], kind[1], kind[2]))
        _log.debug("error: %s in %s, %s: %s", error_type, service, severity, error_message)

    def start_user_session(self, session_id: str, user_agent: str | None = None) -> None:
        """A user's session begins; one that is open already goes on as it was."""
        config = self.state.config
        if config.track_user_interactions and config.enable_custom_metrics:
            is_new = self.state.sessions.start(session_id, self.state.clock.now_ms(), user_agent)
            _log.debug("session %s %s", session_id, "begins" if is_new else "is open already")

    def end_user_session(self, session_id: str) -> float | None:
        """A user's session ends; its length in seconds, or None where no such session is open."""
        seconds = self.state.sessions.end(session_id, self.state.clock.now_ms())
        if seconds is None:
            _log.debug("session %s ends, which is not open", session_id)
            return None
        self.histograms["session_durations"].append(seconds)
        _log.debug("session %s ends after %.1f s", session_id, seconds)
        return seconds

    def record_workflow_execution(
        self,
        workflow_name: str,
        execution_time: float,
        success: bool = True,  # noqa: FBT001, FBT002 - the guide's signature
        steps_completed: int = 0,
        total_steps: int = 0,
    ) -> None:
        """A workflow ran.

        Args:
            workflow_name: which one.
            execution_time: in seconds.
            success: whether it succeeded; a failure is never left out by sampling.
            steps_completed: how many of its steps were done.
            total_steps: how many it has; said at DEBUG, no metric.
        """
        weight = self.state.weight("workflow") if success else 1.0
        if not (self.state.config.enable_custom_metrics and weight):
            return
        tables = self.state.tables
        runs = tables.counts.of("workflow_executions_total", workflow_name)
        failures = tables.counts.of("workflow_failures_total", workflow_name)
        with tables.lock:
            runs.add(weight)
            failures.add(0.0 if success else weight)
            rate = 1 - failures.value / runs.value
        self._set("workflow_success_rate", rate, workflow_name)
        self._count("workflow_steps_completed_total", weight * steps_completed, workflow_name)
        self._observe("workflow_duration_seconds", execution_time, weight, workflow_name)
        _log.debug("workflow: %s %.3f s, %s of %s steps", workflow_name, execution_time, steps_completed, total_steps)

    def record_file_operation(
        self,
        operation: str,
        file_size: int,
        duration: float,
        success: bool = True,  # noqa: FBT001, FBT002 - the guide's signature
    ) -> None:
        """A file was read, written, uploaded or the like.

        Args:
            operation: which of these.
            file_size: in bytes.
            duration: in seconds.
            success: whether it succeeded; a failure is never left out by sampling.
        """
        weight = self.state.weight("file_operation") if success else 1.0
        if not (self.state.config.enable_custom_metrics and weight):
            return
        self._count("file_operations_total", weight, operation)
        self._count("file_errors_total", 0.0 if success else weight, operation)
        self._count("file_bytes_total", weight * file_size, operation)
        self._observe("file_duration_seconds", duration, weight, operation)
        _log.debug("file operation: %s %s bytes %.3f s, success: %s", operation, file_size, duration, success)

    def _count(self, name: str, amount: float, *values: str) -> None:
        cell = self.state.tables.counts.of(name, *values)
        with self.state.tables.lock:
            cell.add(amount)

    def _set(self, name: str, value: float, *values: str) -> None:
        cell = self.state.tables.levels.of(name, *values)
        with self.state.tables.lock:
            cell.set(float(value))

    def _observe(self, name: str, value: float, weight: float, *values: str) -> None:
        histogram = self.state.tables.observations.of(name, *values)
        with self.state.tables.lock:
            histogram.observe(value, weight)
