"""What the chat service tells Prometheus: plain `prometheus_client`, nothing of Watchglass's."""

from prometheus_client import Counter, Gauge, Histogram, Info

SECONDS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 45, 60, 90, 120)

INFO = Info("chat_app", "Version and settings of this service.")
REQUESTS = Counter("chat_requests", "Chat requests answered.", ["model", "status"])
ERRORS = Counter("chat_errors", "Chat requests that failed, by reason.", ["model", "type"])
IN_PROGRESS = Gauge("chat_requests_in_progress", "Chat requests being answered now.", ["model"])
DURATION = Histogram("chat_request_duration_seconds", "Time to the last token.", ["model"], buckets=SECONDS)
FIRST_TOKEN = Histogram("chat_time_to_first_token_seconds", "Time to the first token.", ["model"], buckets=SECONDS)
TOKENS = Counter("chat_tokens", "Tokens read (input) and written (output).", ["model", "type"])
SESSIONS = Gauge("chat_sessions_active", "Sessions with a request in the last minute.")
QUEUE = Gauge("chat_queue_depth", "Requests that wait for a free slot of the model.", ["model"])
LOAD = Gauge("chat_model_load_ratio", "Share of the model's slots in use.", ["model"])
LAST_ANSWER = Gauge("chat_last_answer_timestamp_seconds", "When the model last finished an answer.", ["model"])
