"""Chats over the OpenAI API."""

import asyncio
import time

from cases import expect
from openai_calls import MODEL, TOKENS, USER, adds_up, call, chat, chunks_of, post, same, streamed, told


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


@call("chat with an answer that has no text")
def empty_answer(api):
    told(api.chat(messages=[USER, {"role": "assistant", "content": None}, USER]))


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
    """Of 100 for a token the answer has no other, of -100 not that one."""
    plain = told(api.chat(seed=7)).split()
    token = post(api, "/tokenize", prompt=plain[3])["tokens"][0]
    same(told(api.chat(seed=7, logit_bias={str(token): 100})).split(), TOKENS * [plain[3]], "words")
    without = told(api.chat(seed=7, logit_bias={str(token): -100})).split()
    expect(plain[3] not in without, f"{plain[3]!r} in {without}")


@call("chat with penalties")
def penalties(api):
    """The answer repeats itself less, or more."""
    plain, less, more = (
        len(set(told(api.chat(seed=7, max_tokens=100, **fields)).split()))
        for fields in (
            {},
            {"presence_penalty": 2, "frequency_penalty": 2},
            {"presence_penalty": -2, "frequency_penalty": -2},
        )
    )
    expect(more < plain < less, f"different words: {more}, {plain}, {less} (expected: rising)")


@call("chat with temperature and top_p")
def sampling(api):
    expect(told(api.chat(temperature=0, top_p=0.5)), "no text")
    expect(told(api.chat(temperature=2.0, top_p=1)), "no text")


@call("chat with user and metadata")
def labels(api):
    expect(told(api.chat(user="u-1", metadata={"team": "clients"})), "no text")


@call("chat with values that ask for nothing")
def nothing(api):
    quiet = {"tools": [], "store": False, "service_tier": "auto", "parallel_tool_calls": True}
    plain = {"type": "text"}
    expect(told(api.chat(**quiet, response_format=plain, prompt_cache_key="k")), "no text")


def in_loop(api, work):
    """Runs `work` of the client for asyncio."""

    async def run():
        async with api.new_client("AsyncOpenAI") as client:
            return await work(client)

    return asyncio.run(run())


@call("chat with the asynchronous client", anywhere=False)
def asynchronous(api):
    given = in_loop(api, lambda client: client.chat.completions.create(**chat(seed=7)))
    same(told(given), told(api.chat(seed=7)), "text")


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
