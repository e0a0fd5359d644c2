"""Texts, models, tokens and embeddings over the OpenAI API."""

from cases import expect
from openai_calls import MODEL, TOKENS, USER, adds_up, call, post, same, told

EMBEDDING = "embedding"
DIMENSIONS = 384


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


def embed(api, **fields):
    return api.client.embeddings.create(**{"model": EMBEDDING, **fields})


def vectors(answer):
    return [one.embedding for one in answer.data]


@call("embeddings")
def embeddings(api):
    """In base64, which the client asks for and decodes by itself."""
    texts = ["the quiet river", "the quiet river", "a loud street"]
    answer = embed(api, input=texts, user="ann")
    same([one.index for one in answer.data], [0, 1, 2], "indexes")
    same({len(vector) for vector in vectors(answer)}, {DIMENSIONS}, "dimensions")
    first, again, other = vectors(answer)
    same(first, again, "vector of the same text")
    expect(first != other, "different texts have the same vector")
    same((answer.usage.prompt_tokens, answer.usage.total_tokens), (9, 9), "usage")
    numbers = embed(api, input=texts, encoding_format="float", dimensions=DIMENSIONS)
    near = [abs(a - b) < 1e-6 for one, two in zip(vectors(answer), vectors(numbers)) for a, b in zip(one, two)]
    expect(len(near) == 3 * DIMENSIONS and all(near), "numbers differ from base64")


@call("embeddings of tokens")
def embeddings_of_tokens(api):
    text = vectors(embed(api, input="the river"))
    same(vectors(embed(api, input=[0, 8])), text, "vector of token ids")
    same(vectors(embed(api, input=[[0, 8], [0, 8]])), 2 * text, "vectors of lists of token ids")


@call("embeddings of 2,048 texts")
def many_embeddings(api):
    given = vectors(embed(api, input=[f"text {i}" for i in range(2048)]))
    same(len(given), 2048, "vectors")
    same(given[-1], vectors(embed(api, input="text 2047"))[0], "the last vector")
    refused = lambda **fields: lambda: embed(api, **fields)
    api.refused("BadRequestError", refused(input=["x"] * 2049), 400, "invalid_value", "input")
    api.refused("BadRequestError", refused(input=[]), 400, "invalid_value", "input")
    api.refused("BadRequestError", refused(input="x", dimensions=7), 400, "invalid_value", "dimensions")


@call("a model that embeds")
def embedding_model(api):
    same(api.client.models.retrieve(EMBEDDING).embedding_dimensions, DIMENSIONS, "embedding_dimensions")
    for asked in (lambda: api.chat(model=EMBEDDING), lambda: embed(api, model=MODEL, input="x")):
        api.refused("BadRequestError", asked, 400, "invalid_value", "model")
