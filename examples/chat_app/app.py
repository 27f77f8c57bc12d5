"""A small chat service: OpenAI-like streaming over HTTP, and its metrics at /metrics.

Run it: `python examples/chat_app/app.py --port 8000`.
"""

import argparse
import json
import time
from collections.abc import AsyncIterator

import metrics
import uvicorn
from llm import PROFILES, Model, ModelError
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

SESSION_S = 60

models = {name: Model(name, profile) for name, profile in PROFILES.items()}
sessions: dict[str, float] = {}  # id to the time of its last request


async def chat(request: Request) -> Response:
    """POST /v1/chat: `{"model", "prompt", "session"}`; the answer is a stream of server-sent events."""
    try:
        body = json.loads(await request.body())
        name, prompt, session = body["model"], str(body["prompt"]), str(body.get("session", ""))
        model = models[name]
    except (ValueError, KeyError, TypeError):
        return refuse("unknown", "bad_request", 400)

    sessions[session] = began = time.time()
    tokens = measured(model, prompt, began)
    try:
        first = await anext(tokens)  # so that a failure still has its own status
    except ModelError as error:
        return refuse(name, error.type, error.status)
    return StreamingResponse(events(first, tokens), media_type="text/event-stream")


async def measured(model: Model, prompt: str, began: float) -> AsyncIterator[list[str]]:
    """The model's answer, counted and timed."""
    with metrics.IN_PROGRESS.labels(model.name).track_inprogress():
        first = True
        async for tokens in model.answer(prompt):
            if first:
                metrics.FIRST_TOKEN.labels(model.name).observe(time.time() - began)
                metrics.TOKENS.labels(model.name, "input").inc(len(prompt.split()))
                first = False
            metrics.TOKENS.labels(model.name, "output").inc(len(tokens))
            yield tokens
        metrics.DURATION.labels(model.name).observe(time.time() - began)
        metrics.REQUESTS.labels(model.name, "200").inc()
        metrics.LAST_ANSWER.labels(model.name).set_to_current_time()


async def events(first: list[str], rest: AsyncIterator[list[str]]) -> AsyncIterator[str]:
    """Server-sent events, one for some tokens."""
    yield event(first)
    async for tokens in rest:
        yield event(tokens)
    yield "data: [DONE]\n\n"


def event(tokens: list[str]) -> str:
    return f"data: {json.dumps({'text': ' '.join(tokens)})}\n\n"


def refuse(model: str, reason: str, status: int) -> Response:
    metrics.REQUESTS.labels(model, str(status)).inc()
    metrics.ERRORS.labels(model, reason).inc()
    return JSONResponse({"error": reason}, status)


def active_sessions() -> int:
    oldest = time.time() - SESSION_S
    for session in [session for session, seen in sessions.items() if seen < oldest]:
        del sessions[session]
    return len(sessions)


async def show_metrics(request: Request) -> Response:
    """GET /metrics, in the format that the scraper asks for."""
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(REGISTRY), headers={"Content-Type": content_type})


async def health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


metrics.INFO.info({"version": "1.4.0", "models": str(len(models)), "environment": "demo"})
metrics.SESSIONS.set_function(active_sessions)
app = Starlette(
    routes=[
        Route("/v1/chat", chat, methods=["POST"]),
        Route("/metrics", show_metrics),
        Route("/health", health),
    ]
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    uvicorn.run(app, host=options.host, port=options.port, log_level="warning", timeout_graceful_shutdown=2)
