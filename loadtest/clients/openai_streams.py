"""Streams and repeated calls over the OpenAI API: closed, resumed, sent twice."""

import re
import time

from cases import Failed, expect, package
from openai_calls import call, chat, chunks_of, same, streamed, told

# Larger than what lies between server and client, so that it has not ended when the client leaves.
LONG = {"max_tokens": 2048, "n": 4, "logprobs": True, "top_logprobs": 20, "stream": True}


def cancelled(api):
    """Requests whose client left, of all that the ingress counts."""
    text = api.client.get(f"{api.url}/metrics", cast_to=str)
    line = r'^anyserve_ingress_requests_ended_total\{outcome="cancelled"\} (.*)'
    return float(re.search(line, text, re.M)[1])


def close_early(api):
    """Closes a stream after its first chunk; its request."""
    asked = api.client.chat.completions.with_raw_response.create
    raw = asked(**chat(**LONG))
    chunks = raw.parse()
    next(iter(chunks))
    chunks.close()
    return raw.headers["x-request-id"]


@call("a stream that is closed is cancelled")
def closed(api):
    before = cancelled(api)
    close_early(api)
    expect(api.service.eventually(lambda: cancelled(api) > before), "nothing was cancelled")


@call("a stream that is closed has ended in /system")
def closed_in_system(api):
    request = close_early(api)
    state = None
    for _ in range(20):
        recent = api.client.get(f"{api.url}/system", cast_to=object)["recent"]
        state = next((entry["state"] for entry in recent if entry["id"] == request), None)
        if state not in (None, "running"):
            return
        time.sleep(0.1)
    raise Failed(f"{state} after 2 s (expected: finished or cancelled)")


@call("a stream that is resumed with Last-Event-ID")
def resumed(api):
    ids, texts = [], []
    with api.client.chat.completions.with_streaming_response.create(**chat(stream=True)) as raw:
        for line in raw.iter_lines():
            if line.startswith("id:"):
                ids.append(line[3:].strip())
            elif line.startswith("data: {"):
                texts.append(line[6:])
    expect(len(ids) > 3, f"{len(ids)} ids")
    kind = package("openai.types.chat", "openai").ChatCompletionChunk
    rest = api.client.get(
        "/streams",
        cast_to=kind,
        stream=True,
        stream_cls=api.openai.Stream[kind],
        options={"headers": {"Last-Event-ID": ids[1], "Accept": "text/event-stream"}},
    )
    given = [chunk.choices[0].delta.content for chunk in rest if chunk.choices[0].delta.content]
    chunks = [kind.model_validate_json(text) for text in texts]
    behind = [c.choices[0].delta.content or "" for c, i in zip(chunks, ids) if ids.index(i) > 1]
    same("".join(given), "".join(behind), "the rest")


@call("an idempotency key twice")
def idempotent(api):
    header = {"Idempotency-Key": f"twice-{api.new_name()}"}
    first, second = (api.chat(extra_headers=header) for _ in range(2))
    same((second.id, told(second)), (first.id, told(first)), "the second answer")


@call("an idempotency key twice, as a stream")
def idempotent_stream(api):
    header = {"Idempotency-Key": f"stream-{api.new_name()}"}
    first, second = (chunks_of(api.chat(extra_headers=header, stream=True)) for _ in range(2))
    same((second[0].id, streamed(second)), (first[0].id, streamed(first)), "the second stream")
