"""Chats, texts, models and tokens over the OpenAI API."""

import asyncio
import re
import time

from cases import Failed, expect, package
from openai_calls import MODEL, TOKENS, USER, call, chat, same


# Larger than what lies between server and client, so that it has not ended when the client leaves.
LONG = {"max_tokens": 2048, "n": 4, "logprobs": True, "top_logprobs": 20, "stream": True}


def told(answer):
    """The text of the only choice."""
    same(len(answer.choices), 1, "choices")
    return answer.choices[0].message.content


def adds_up(usage, completed=TOKENS):
    same(usage.completion_tokens, completed, "completion_tokens")
    expect(usage.prompt_tokens > 0, f"prompt_tokens: {usage.prompt_tokens}")
    same(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens, "total_tokens")


@call("chat")
def whole(api):
    began = time.time()
    answer = api.chat()
    same(answer.object, "chat.completion", "object")
    same(answer.model, MODEL, "model")
    expect(answer.id, "no id")
    expect(abs(answer.created - began) < 60, f"created: {answer.created}")
    expect(told(answer), "no text")
    same(answer.choices[0].index, 0, "index")
    same(answer.choices[0].message.role, "assistant", "role")
    same(answer.choices[0].finish_reason, "length", "finish_reason")
    adds_up(answer.usage)


def chunks_of(stream):
    chunks = list(stream)
    same({chunk.object for chunk in chunks}, {"chat.completion.chunk"}, "object")
    same(len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}), 1, "ids, times and models")
    return chunks


def streamed(chunks, index=0):
    """The text of a choice, which must end once."""
    parts = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
    same(parts[0].delta.role, "assistant", "the role of the first chunk")
    ends = [part.finish_reason for part in parts if part.finish_reason]
    same(ends, ["length"], "finish_reason")
    expect(parts[-1].finish_reason, "a chunk follows the finish_reason")
    return "".join(part.delta.content or "" for part in parts)


@call("chat as a stream")
def stream(api):
    chunks = chunks_of(api.chat(stream=True, seed=7))
    same(streamed(chunks), told(api.chat(seed=7)), "text")
    expect(len(chunks) > 2, f"{len(chunks)} chunks")
    expect(all(chunk.choices for chunk in chunks), "a chunk without choices")
    expect(not any(chunk.usage for chunk in chunks), "usage that nobody asked for")


@call("chat as a stream with include_usage")
def stream_usage(api):
    chunks = chunks_of(api.chat(stream=True, stream_options={"include_usage": True}))
    same(chunks[-1].choices, [], "choices of the last chunk")
    adds_up(chunks[-1].usage)
    expect(not any(chunk.usage for chunk in chunks[:-1]), "usage before the last chunk")


@call("chat with the client's accumulator")
def accumulated(api):
    """Of an answer that stops: the client raises an exception of its own for one that is cut."""
    word = told(api.chat(seed=7)).split()[3]
    fields = chat(seed=7, stop=word, stream_options={"include_usage": True})
    with api.client.chat.completions.stream(**fields) as events:
        kinds = {event.type for event in events}
        answer = events.get_final_completion()
    expect({"chunk", "content.delta", "content.done"} <= kinds, f"events: {kinds}")
    wanted = api.chat(seed=7, stop=word)
    same(told(answer), told(wanted), "text")
    same(answer.usage.total_tokens, wanted.usage.total_tokens, "total_tokens")


@call("chat that the model ends")
def ends(api):
    answer = api.chat(max_tokens=2048, seed=0, extra_body={})
    same(answer.choices[0].finish_reason, "stop", "finish_reason")
    expect(0 < answer.usage.completion_tokens < 2048, f"usage: {answer.usage}")


@call("chat with n")
def choices(api):
    answer = api.chat(n=3, seed=7)
    same([choice.index for choice in answer.choices], [0, 1, 2], "indexes")
    expect(all(choice.message.content for choice in answer.choices), "a choice without text")
    adds_up(answer.usage, 3 * TOKENS)


@call("chat with n as a stream")
def choices_streamed(api):
    chunks = chunks_of(api.chat(n=2, seed=7, stream=True, stream_options={"include_usage": True}))
    texts = [streamed(chunks, index) for index in (0, 1)]
    answer = api.chat(n=2, seed=7)
    same(texts, [choice.message.content for choice in answer.choices], "texts")
    adds_up(chunks[-1].usage, 2 * TOKENS)


@call("chat with a seed twice")
def seed(api):
    same(told(api.chat(seed=11)), told(api.chat(seed=11)), "the second text")


@call("chat with max_tokens")
def max_tokens(api):
    adds_up(api.chat(max_tokens=3).usage, 3)


@call("chat with max_completion_tokens")
def max_completion_tokens(api):
    fields = chat(max_completion_tokens=5)
    del fields["max_tokens"]
    answer = api.client.chat.completions.create(**fields)
    adds_up(answer.usage, 5)
    same(answer.choices[0].finish_reason, "length", "finish_reason")


def stopped(api, stop):
    """`stop` makes the parameter of a word of the answer."""
    text = told(api.chat(seed=7))
    word = text.split()[3]
    answer = api.chat(seed=7, stop=stop(word))
    same(answer.choices[0].finish_reason, "stop", "finish_reason")
    same(told(answer), text[: text.index(word)], "text")


@call("chat with stop as a string")
def stop_string(api):
    stopped(api, lambda word: word)


@call("chat with stop as a list")
def stop_list(api):
    stopped(api, lambda word: ["nowhere", word])


@call("chat with stop as a stream")
def stop_streamed(api):
    text = told(api.chat(seed=7))
    word = text.split()[3]
    chunks = list(api.chat(seed=7, stop=word, stream=True))
    given = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    same(given, text[: text.index(word)], "text")
    same(chunks[-1].choices[0].finish_reason, "stop", "finish_reason")


def longer_prompt(api, *messages):
    """What comes before the user's message counts as prompt."""
    alone = api.chat(max_tokens=1).usage.prompt_tokens
    more = api.chat(max_tokens=1, messages=[*messages, USER]).usage.prompt_tokens
    expect(more > alone, f"prompt_tokens: {more} (expected: more than {alone})")
    return more


@call("chat with a system message")
def system(api):
    longer_prompt(api, {"role": "system", "content": "You tell stories."})


@call("chat with a developer message")
def developer(api):
    given = longer_prompt(api, {"role": "developer", "content": "You tell stories."})
    wanted = longer_prompt(api, {"role": "system", "content": "You tell stories."})
    same(given, wanted, "prompt_tokens of developer beside system")


@call("chat with earlier turns")
def turns(api):
    longer_prompt(api, USER, {"role": "assistant", "content": "there was a fox."})


@call("chat with an answer sent back as the client has it")
def sent_back(api):
    message = api.chat().choices[0].message
    longer_prompt(api, USER, message)
    longer_prompt(api, USER, message.model_dump())


@call("chat with parts of text")
def parts(api):
    content = [{"type": "text", "text": "Once upon"}, {"type": "text", "text": "a time"}]
    joined = {"role": "user", "content": "Once upon\na time"}
    given = api.chat(messages=[{"role": "user", "content": content}], seed=7)
    wanted = api.chat(messages=[joined], seed=7)
    same(told(given), told(wanted), "text")
    same(given.usage.prompt_tokens, wanted.usage.prompt_tokens, "prompt_tokens")


def likelihoods(tokens):
    same(len(tokens), TOKENS, "tokens with logprobs")
    for token in tokens:
        expect(token.logprob <= 0, f"logprob: {token.logprob}")
        same(bytes(token.bytes).decode(), token.token, "bytes")
        same(len(token.top_logprobs), 3, "top_logprobs")
        best = [top.logprob for top in token.top_logprobs]
        same(best, sorted(best, reverse=True), "order of top_logprobs")
    return "".join(token.token for token in tokens)


@call("chat with logprobs and top_logprobs")
def logprobs(api):
    answer = api.chat(logprobs=True, top_logprobs=3, seed=7)
    same(likelihoods(answer.choices[0].logprobs.content), told(answer), "tokens")
    same(told(answer), told(api.chat(seed=7)), "text with logprobs")


@call("chat with logprobs as a stream")
def logprobs_streamed(api):
    chunks = list(api.chat(logprobs=True, top_logprobs=3, seed=7, stream=True))
    given = [c.choices[0].logprobs for c in chunks if c.choices[0].logprobs]
    tokens = [token for logprobs in given for token in logprobs.content]
    same(likelihoods(tokens), told(api.chat(seed=7)), "tokens")


@call("chat with logprobs alone")
def logprobs_alone(api):
    for token in api.chat(logprobs=True).choices[0].logprobs.content:
        same(token.top_logprobs, [], "top_logprobs")


@call("chat with logit_bias")
def logit_bias(api):
    expect(told(api.chat(logit_bias={"5": -100, "7": 3})), "no text")


@call("chat with penalties")
def penalties(api):
    expect(told(api.chat(presence_penalty=0.5, frequency_penalty=-0.5)), "no text")


@call("chat with temperature and top_p")
def sampling(api):
    expect(told(api.chat(temperature=0, top_p=0.5)), "no text")
    expect(told(api.chat(temperature=2.0, top_p=1)), "no text")


@call("chat with user and metadata")
def labels(api):
    expect(told(api.chat(user="u-1", metadata={"team": "clients"})), "no text")


@call("chat with values that ask for nothing")
def nothing(api):
    quiet = {"tools": [], "response_format": {"type": "text"}, "store": False, "service_tier": "auto"}
    expect(told(api.chat(**quiet, parallel_tool_calls=True, prompt_cache_key="k")), "no text")


def in_loop(api, work):
    """Runs `work` of the client for asyncio."""

    async def run():
        async with api.new_client("AsyncOpenAI") as client:
            return await work(client)

    return asyncio.run(run())


@call("chat with the asynchronous client", anywhere=False)
def asynchronous(api):
    same(told(in_loop(api, lambda c: c.chat.completions.create(**chat(seed=7)))), told(api.chat(seed=7)), "text")


@call("chat as a stream with the asynchronous client", anywhere=False)
def asynchronous_stream(api):
    async def work(client):
        chunks = await client.chat.completions.create(**chat(seed=7, stream=True))
        return [chunk async for chunk in chunks]

    same(streamed(in_loop(api, work)), told(api.chat(seed=7)), "text")


@call("16 chats at once")
def at_once(api):
    async def work(client):
        one = client.chat.completions.create
        return await asyncio.gather(*(one(**chat(seed=i)) for i in range(16)))

    answers = in_loop(api, work)
    same(len({answer.id for answer in answers}), 16, "ids")
    expect(all(told(answer) for answer in answers), "an answer without text")


@call("x-request-id and session of a chat")
def request_id(api):
    raw = api.client.chat.completions.with_raw_response.create(
        **chat(), extra_headers={"anyserve-session": "openai-clients"}
    )
    expect(raw.headers.get("x-request-id"), f"no x-request-id in {list(raw.headers)}")
    same(raw.headers.get("anyserve-session"), "openai-clients", "anyserve-session")
    expect(told(raw.parse()), "no text")
    expect(api.chat()._request_id, "no _request_id")


def cancelled(api):
    """Requests whose client left, of all that the ingress counts."""
    text = api.client.get(f"{api.url}/metrics", cast_to=str)
    return float(re.search(r'^anyserve_ingress_requests_ended_total\{outcome="cancelled"\} (.*)', text, re.M)[1])


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


@call("completion")
def text(api):
    answer = api.complete()
    same(answer.object, "text_completion", "object")
    same(len(answer.choices), 1, "choices")
    expect(answer.choices[0].text, "no text")
    same(answer.choices[0].finish_reason, "length", "finish_reason")
    adds_up(answer.usage)


@call("completion as a stream")
def text_streamed(api):
    chunks = list(api.complete(stream=True, seed=7, stream_options={"include_usage": True}))
    given = "".join(choice.text for chunk in chunks for choice in chunk.choices)
    same(given, api.complete(seed=7).choices[0].text, "text")
    ends = [c.finish_reason for chunk in chunks for c in chunk.choices if c.finish_reason]
    same(ends, ["length"], "finish_reason")
    adds_up(chunks[-1].usage)


@call("completion of several prompts with n")
def texts(api):
    answer = api.complete(prompt=["Once", "upon"], n=2)
    same([choice.index for choice in answer.choices], [0, 1, 2, 3], "indexes")
    adds_up(answer.usage, 4 * TOKENS)


@call("completion with stop")
def text_stopped(api):
    whole = api.complete(seed=7).choices[0].text
    word = whole.split()[3]
    choice = api.complete(seed=7, stop=[word]).choices[0]
    same((choice.text, choice.finish_reason), (whole[: whole.index(word)], "stop"), "choice")


def text_likelihoods(logprobs, text):
    same("".join(logprobs.tokens), text, "tokens")
    same(len(logprobs.token_logprobs), TOKENS, "token_logprobs")
    same(len(logprobs.top_logprobs), TOKENS, "top_logprobs")
    offsets = [len("".join(logprobs.tokens[:i])) for i in range(TOKENS)]
    same(logprobs.text_offset, offsets, "text_offset")


@call("completion with logprobs")
def text_logprobs(api):
    choice = api.complete(logprobs=2).choices[0]
    text_likelihoods(choice.logprobs, choice.text)


@call("completion with logprobs as a stream")
def text_logprobs_streamed(api):
    chunks = [c.choices[0] for c in api.complete(logprobs=2, seed=7, stream=True)]
    given = [chunk.logprobs for chunk in chunks if chunk.logprobs]
    joined = type(given[0])(
        **{
            name: [value for part in given for value in getattr(part, name)]
            for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset")
        }
    )
    text_likelihoods(joined, api.complete(seed=7).choices[0].text)


@call("models")
def models(api):
    listed = list(api.client.models.list())
    expect(MODEL in [model.id for model in listed], f"models: {listed}")
    same({model.object for model in listed}, {"model"}, "object")


@call("a model by its id")
def model(api):
    found = api.client.models.retrieve(MODEL)
    same((found.id, found.object, found.created), (MODEL, "model", 0), "model")
    expect(found.owned_by, "no owned_by")


def post(api, path, **body):
    return api.client.post(path, body={"model": MODEL, **body}, cast_to=object)


@call("tokens of a text and back")
def tokens(api):
    """Of the engine's own words: the simulated one cannot write others back."""
    text = told(api.chat()).strip()
    given = post(api, "/tokenize", prompt=text)
    same((given["count"], len(given["tokens"])), (TOKENS, TOKENS), "count and tokens")
    same(post(api, "/detokenize", tokens=given["tokens"])["prompt"], text, "text")


@call("tokens of messages")
def message_tokens(api):
    given = post(api, "/tokenize", messages=[USER])
    same(given["count"], api.chat(max_tokens=1).usage.prompt_tokens, "count beside prompt_tokens")
