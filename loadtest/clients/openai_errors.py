"""What the OpenAI API refuses, as the exceptions of its clients."""

from cases import Failed, expect
from openai_calls import PER_MINUTE, call, chat, same, told


def bad(api, param, code="invalid_value", **fields):
    """The message of the refusal."""
    return api.refused("BadRequestError", lambda: api.chat(**fields), 400, code, param).message


@call("400: n of 0")
def n_of_zero(api):
    bad(api, "n", n=0)


@call("400: more choices than allowed")
def many_choices(api):
    bad(api, "n", n=17)


@call("400: max_tokens beyond the limit")
def large(api):
    bad(api, "max_tokens", max_tokens=1_000_000)


@call("400: max_completion_tokens beyond what an answer may have")
def many_tokens(api):
    message = bad(api, "max_completion_tokens", max_tokens=None, max_completion_tokens=5_000)
    expect("max_completion_tokens: 5000" in message, message)


@call("400: temperature out of range")
def hot(api):
    bad(api, "temperature", temperature=9)


@call("400: too many stop strings")
def stops(api):
    bad(api, "stop", stop=[f"s{i}" for i in range(17)])


@call("400: top_logprobs beyond the limit")
def top_logprobs(api):
    bad(api, "top_logprobs", logprobs=True, top_logprobs=21)


@call("400: no messages")
def no_messages(api):
    bad(api, "messages", messages=[])


@call("400: as a stream")
def streamed(api):
    bad(api, "n", n=0, stream=True)


@call("400: a tool")
def tool(api):
    function = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    bad(api, "tools", "unsupported_parameter", tools=[function])


@call("400: a JSON schema")
def schema(api):
    asked = {"type": "json_schema", "json_schema": {"name": "fox", "schema": {"type": "object"}}}
    bad(api, "response_format", "unsupported_parameter", response_format=asked)


@call("400: an unknown parameter")
def unknown_parameter(api):
    bad(api, "colour", "unsupported_parameter", extra_body={"colour": "red"})


@call("400: an image")
def image(api):
    parts = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]
    error = refusal(api, lambda: api.chat(messages=[{"role": "user", "content": parts}]))
    same(error.status_code, 400, "status")
    expect((error.param or "").startswith("messages"), f"param: {error.param}")


def refusal(api, function):
    try:
        function()
    except api.openai.APIStatusError as e:
        return e
    raise Failed("it was answered")


@call("400: JSON that is cut off")
def malformed(api):
    error = refusal(api, lambda: raw(api, b'{"model":'))
    same((error.status_code, error.code, error.param), (400, "malformed_json", None), "refusal")


def raw(api, content, kind="application/json"):
    return api.client.post(
        "/chat/completions",
        cast_to=object,
        content=content,
        options={"headers": {"Content-Type": kind}},
    )


@call("404: an unknown model")
def unknown_model(api):
    api.refused("NotFoundError", lambda: api.chat(model="nobody"), 404, "model_not_found", "model")
    retrieve = api.client.models.retrieve
    api.refused("NotFoundError", lambda: retrieve("nobody"), 404, "model_not_found", "model")


@call("404: an unknown path")
def unknown_path(api):
    api.refused(
        "NotFoundError",
        lambda: api.client.moderations.create(input="Once"),
        404,
        "not_found",
    )


@call("405: another method")
def method(api):
    error = refusal(api, lambda: api.client.get("/chat/completions", cast_to=object))
    same((error.status_code, error.code), (405, "method_not_allowed"), "refusal")


@call("413: a body that is too large")
def too_large(api):
    """Each time: a client that still sends may miss the answer."""
    for _ in range(20):
        error = refusal(api, lambda: raw(api, b'{"model":"' + b"a" * (6 << 20) + b'"}'))
        same((error.status_code, error.code), (413, "too_large"), "refusal")
        same(error.response.headers.get("x-should-retry"), "false", "x-should-retry")


@call("415: a body that is no JSON")
def media_type(api):
    error = refusal(api, lambda: raw(api, b"model=story", "application/x-www-form-urlencoded"))
    same((error.status_code, error.code), (415, "unsupported_media_type"), "refusal")


@call("422: an idempotency key with another body")
def conflict(api):
    header = {"Idempotency-Key": f"conflict-{api.new_name()}"}
    told(api.chat(extra_headers=header))
    error = api.refused(
        "UnprocessableEntityError",
        lambda: api.chat(extra_headers=header, max_tokens=3),
        422,
        "idempotency_conflict",
    )
    same(error.response.headers.get("x-should-retry"), "false", "x-should-retry")


@call("a refusal is sent once")
def once(api):
    """The client repeats a call that may succeed later, and says how often it did."""
    client = api.new_client(max_retries=2)
    sent = []
    try:
        client.chat.completions.create(**chat(n=0))
    except api.openai.BadRequestError as e:
        sent = e.response.request.headers.get("x-stainless-retry-count")
        same(e.response.headers.get("x-should-retry"), "false", "x-should-retry")
        expect(e.request_id, "no request_id")
    same(sent, "0", "retries")


@call("401: no key, a wrong key", keyed=True)
def keys(api):
    with api.new_client(api_key="ak-wrong") as stranger:
        api.refused(
            "AuthenticationError",
            lambda: stranger.chat.completions.create(**chat()),
            401,
            "invalid_api_key",
        )
        api.refused("AuthenticationError", stranger.models.list, 401, "invalid_api_key")
    told(api.chat())


@call("429: more requests than the key may make", keyed=True)
def limit(api):
    for left in reversed(range(PER_MINUTE)):
        raw_answer = api.client.chat.completions.with_raw_response.create(**chat())
        same(raw_answer.headers.get("x-ratelimit-limit-requests"), str(PER_MINUTE), "limit")
        same(raw_answer.headers.get("x-ratelimit-remaining-requests"), str(left), "remaining")
    error = api.refused("RateLimitError", api.chat, 429, "rate_limit_exceeded")
    headers = error.response.headers
    same(headers.get("x-should-retry"), "true", "x-should-retry")
    wait = headers.get("retry-after", "")
    expect(wait.isdigit() and 0 < int(wait) <= 60, f"retry-after: {wait!r}")
    millis = headers.get("retry-after-ms", "")
    expect(millis.isdigit() and int(millis) <= 60_000, f"retry-after-ms: {millis!r}")
