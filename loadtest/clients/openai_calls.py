"""The list of calls of the OpenAI API that its clients must be able to make.

Each is a function of the client for Python, registered under the name that openai-calls.mjs knows
it by, too.
"""

import uuid
from dataclasses import dataclass
from typing import Callable

from cases import Failed, expect, package

MODEL = "story"
TOKENS = 12
USER = {"role": "user", "content": "Once upon a time"}
KEEP_GOING = {"ignore_eos": True}
SHORT = {"max_tokens": TOKENS, "extra_body": KEEP_GOING}

# Requests that the key of a keyed call may make.
PER_MINUTE = 3

CALLS = []


@dataclass(frozen=True)
class Call:
    """`keyed` calls run while keys are required, with one that may make `PER_MINUTE` requests.

    `anywhere` says whether the client for Node has the call, too.
    """

    name: str
    keyed: bool
    anywhere: bool
    function: Callable


def call(name, keyed=False, anywhere=True):
    """Registers a function of `Api` as a call, in the order of the files."""

    def register(function):
        CALLS.append(Call(name, keyed, anywhere, function))
        return function

    return register


class Api:
    """The client for Python and what most calls ask of it; used in a `with`."""

    def __init__(self, service, key="none"):
        self.openai = package("openai")
        self.service = service
        self.url = service.api
        self.client = self.new_client(api_key=key)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def new_client(self, kind="OpenAI", **settings):
        """One that repeats nothing by itself, but for the given settings."""
        quiet = {"api_key": "none", "max_retries": 0, "timeout": self.service.patience}
        return getattr(self.openai, kind)(base_url=f"{self.url}/v1", **{**quiet, **settings})

    def chat(self, **fields):
        return self.client.chat.completions.create(**chat(**fields))

    def complete(self, **fields):
        return self.client.completions.create(**completion(**fields))

    def respond(self, **fields):
        return self.client.responses.create(**response(**fields))

    @staticmethod
    def new_name():
        return uuid.uuid4()

    def refused(self, kind, function, status, code, param=None):
        """Expects the client's exception of this kind, with what the answer said; the exception."""
        try:
            function()
        except self.openai.APIStatusError as e:
            given = (type(e).__name__, e.status_code, e.code, e.param)
            wanted = (kind, status, code, param)
            expect(given == wanted, f"{given} (expected: {wanted}): {e.message[:120]}")
            expect(e.body and e.body.get("message"), f"no message: {e.body}")
            return e
        raise Failed(f"it was answered (expected: {status} {code})")


def chat(**fields):
    return {"model": MODEL, "messages": [USER], **SHORT, **fields}


def completion(**fields):
    return {"model": MODEL, "prompt": "Once", **SHORT, **fields}


def response(**fields):
    return {
        "model": MODEL,
        "input": "Once upon a time",
        "max_output_tokens": TOKENS,
        "extra_body": KEEP_GOING,
        **fields,
    }


def same(given, wanted, what):
    expect(given == wanted, f"{what}: {given!r} (expected: {wanted!r})"[:300])


def post(api, path, **body):
    return api.client.post(path, body={"model": MODEL, **body}, cast_to=object)


def told(answer):
    """The text of the only choice."""
    same(len(answer.choices), 1, "choices")
    return answer.choices[0].message.content


def adds_up(usage, completed=TOKENS):
    same(usage.completion_tokens, completed, "completion_tokens")
    expect(usage.prompt_tokens > 0, f"prompt_tokens: {usage.prompt_tokens}")
    same(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens, "total_tokens")


def chunks_of(stream):
    chunks = list(stream)
    same({chunk.object for chunk in chunks}, {"chat.completion.chunk"}, "object")
    heads = {(chunk.id, chunk.created, chunk.model) for chunk in chunks}
    same(len(heads), 1, "ids, times and models")
    return chunks


def streamed(chunks, index=0):
    """The text of a choice, which must end once."""
    parts = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
    same(parts[0].delta.role, "assistant", "the role of the first chunk")
    ends = [part.finish_reason for part in parts if part.finish_reason]
    same(ends, ["length"], "finish_reason")
    expect(parts[-1].finish_reason, "a chunk follows the finish_reason")
    return "".join(part.delta.content or "" for part in parts)
