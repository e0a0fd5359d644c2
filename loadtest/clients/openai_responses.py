"""Responses over the OpenAI API: kept, streamed, continued, cancelled."""

from cases import expect
from openai_calls import MODEL, TOKENS, call, response, same

# The parameter that the API names when an id leads nowhere.
ID = "response_id"

EVENTS = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
]


def ended(answer, status="incomplete"):
    """Cut at its tokens unless said otherwise; its text."""
    same((answer.object, answer.model, answer.status), ("response", MODEL, status), "response")
    same([item.type for item in answer.output], ["message"], "output")
    expect(answer.output_text, "no text")
    return answer.output_text


def ordered(events, last="response.incomplete", first=0):
    """Their numbers rise by one from `first`; from the beginning, the kinds come in their order."""
    numbers = [event.sequence_number for event in events]
    same(numbers, list(range(first, first + len(events))), "sequence numbers")
    if first == 0:
        kinds = [event.type for event in events]
        expect(kinds.count("response.output_text.delta") > 1, f"{len(kinds)} events")
        same(list(dict.fromkeys(kinds)), [*EVENTS, last], "events")


def written(events):
    return "".join(event.delta for event in events if event.type == "response.output_text.delta")


@call("response")
def whole(api):
    answer = api.respond()
    ended(answer)
    same(answer.usage.output_tokens, TOKENS, "output_tokens")
    same(answer.usage.total_tokens, answer.usage.input_tokens + TOKENS, "total_tokens")
    expect(answer.id.startswith("resp_"), f"id: {answer.id}")


@call("response that is incomplete")
def incomplete(api):
    answer = api.respond(max_output_tokens=3)
    ended(answer)
    same(answer.incomplete_details.reason, "max_output_tokens", "reason")


@call("response by its id")
def retrieved(api):
    answer = api.respond()
    found = api.client.responses.retrieve(answer.id)
    same((found.id, found.output_text), (answer.id, answer.output_text), "response")


@call("response as a stream")
def stream(api):
    events = list(api.respond(stream=True))
    ordered(events)
    same(written(events), ended(events[-1].response), "text")
    same(events[-1].response.id, events[0].response.id, "id")


# Of a response that the model ends, which the client's accumulator waits for.
COMPLETE = {"max_output_tokens": 2048, "extra_body": {"seed": 0}}


@call("response that is completed")
def completed(api):
    answer = api.respond(**COMPLETE)
    ended(answer, "completed")
    same(answer.incomplete_details, None, "incomplete_details")


@call("response as a stream that is completed")
def completed_stream(api):
    events = list(api.respond(stream=True, **COMPLETE))
    ordered(events, "response.completed")
    same(written(events), ended(events[-1].response, "completed"), "text")


@call("response with the client's accumulator")
def accumulated(api):
    with api.client.responses.stream(**response(**COMPLETE)) as events:
        answer = events.get_final_response()
    same(ended(answer, "completed"), api.respond(**COMPLETE).output_text, "text")


@call("response by its id with the client's accumulator")
def accumulated_later(api):
    answer = api.respond(**COMPLETE)
    with api.client.responses.stream(response_id=answer.id, starting_after=5) as events:
        kept = list(events)
        found = events.get_final_response()
    ordered(kept, first=6)
    same(found.output_text, answer.output_text, "text")


@call("response in the background")
def background(api):
    begun = api.respond(background=True)
    expect(begun.status in ("queued", "in_progress"), f"status: {begun.status}")

    def over():
        found = api.client.responses.retrieve(begun.id)
        return found if found.status not in ("queued", "in_progress") else None

    found = api.service.eventually(over)
    expect(found, "it does not end")
    ended(found)


@call("response whose stream is resumed")
def resumed(api):
    events = list(api.respond(stream=True))
    name = events[0].response.id
    number = len(events) // 2
    rest = list(api.client.responses.retrieve(name, stream=True, starting_after=number))
    ordered(rest, first=number + 1)
    same([e.to_dict() for e in rest], [e.to_dict() for e in events[number + 1 :]], "the rest")


@call("response in the background whose stream is read again")
def background_stream(api):
    begun = api.respond(background=True, stream=True)
    first = next(iter(begun))
    begun.close()
    events = list(api.client.responses.retrieve(first.response.id, stream=True))
    ordered(events)
    ended(events[-1].response)


@call("response in the background that is cancelled")
def cancelled(api):
    """The simulated engine may be faster; then it has ended, or its cancellation is a 400."""
    begun = api.respond(background=True, max_output_tokens=2048)
    try:
        status = api.client.responses.cancel(begun.id).status
    except api.openai.BadRequestError:
        status = api.client.responses.retrieve(begun.id).status
    expect(status in ("cancelled", "incomplete"), f"status: {status}")
    if status == "incomplete":
        return "it had ended"
    same(api.client.responses.cancel(begun.id).status, status, "status when cancelled again")


@call("cancelling a response that ended")
def cancelled_late(api):
    answer = api.respond()
    api.refused(
        "BadRequestError", lambda: api.client.responses.cancel(answer.id), 400, "invalid_value", ID
    )


@call("deleting a response")
def deleted(api):
    answer = api.respond()
    api.client.responses.delete(answer.id)
    gone(api, answer.id)


def gone(api, name):
    api.refused(
        "NotFoundError", lambda: api.client.responses.retrieve(name), 404, "response_not_found", ID
    )


@call("response that is not stored")
def unstored(api):
    answer = api.respond(store=False)
    ended(answer)
    gone(api, answer.id)


@call("response that nobody made")
def unknown(api):
    gone(api, "resp_0123456789abcdef")


@call("input items by pages")
def items(api):
    said = [
        {"role": "user", "content": "One."},
        {"role": "assistant", "content": "Two."},
        {"role": "user", "content": "Three."},
    ]
    answer = api.respond(input=said)
    listed = api.client.responses.input_items.list
    for order, step in (("asc", 1), ("desc", -1)):
        wanted = ["One.", "Two.", "Three."][::step]
        page = listed(answer.id, order=order, limit=2)
        same((len(page.data), page.has_more), (2, True), "the first page")
        texts = [item.content[0].text for item in listed(answer.id, order=order, limit=2)]
        same(texts, wanted, f"texts, {order}")


@call("response to a conversation of parts")
def messages(api):
    said = [
        {"role": "developer", "content": [{"type": "input_text", "text": "You tell stories."}]},
        {"role": "user", "content": [{"type": "input_text", "text": "Once upon a time"}]},
    ]
    alone = api.respond(store=False)
    answer = api.respond(input=said, store=False)
    ended(answer)
    expect(answer.usage.input_tokens > alone.usage.input_tokens, "no more input_tokens")


@call("response with previous_response_id")
def continued(api):
    first = api.respond()
    second = api.respond(input="And then?", previous_response_id=first.id)
    ended(second)
    same(second.previous_response_id, first.id, "previous_response_id")
    alone = api.respond(input="And then?")
    given, least = second.usage.input_tokens, alone.usage.input_tokens
    expect(given > least, f"input_tokens: {given} (expected: more than {least})")
    items = list(api.client.responses.input_items.list(second.id))
    same([item.content[0].text for item in items], ["And then?"], "input items")


@call("response with the output of another as its input")
def fed_back(api):
    first = api.respond()
    said = [
        {"role": "user", "content": "Once upon a time"},
        *first.output,
        {"role": "user", "content": "And then?"},
    ]
    ended(api.respond(input=said))


@call("response to a response that nobody made")
def continued_unknown(api):
    api.refused(
        "BadRequestError",
        lambda: api.respond(previous_response_id="resp_0123456789abcdef"),
        400,
        "previous_response_not_found",
        "previous_response_id",
    )


@call("response with instructions")
def instructions(api):
    alone = api.respond()
    answer = api.respond(instructions="You tell stories.")
    same(answer.instructions, "You tell stories.", "instructions")
    expect(answer.usage.input_tokens > alone.usage.input_tokens, "no more input_tokens")


@call("tokens of the input of a response")
def input_tokens(api):
    fields = {"model": "story", "input": "Once upon a time", "instructions": "You tell stories."}
    counted = api.client.responses.input_tokens.count(**fields)
    same(counted.object, "response.input_tokens", "object")
    answer = api.respond(input=fields["input"], instructions=fields["instructions"])
    same(counted.input_tokens, answer.usage.input_tokens, "input_tokens")


@call("response with metadata")
def metadata(api):
    answer = api.respond(metadata={"team": "clients"})
    same(answer.metadata, {"team": "clients"}, "metadata")
    same(api.client.responses.retrieve(answer.id).metadata, {"team": "clients"}, "metadata later")


@call("response with an idempotency key twice")
def idempotent(api):
    header = {"Idempotency-Key": f"response-{api.new_name()}"}
    first, second = (api.respond(extra_headers=header) for _ in range(2))
    same((second.id, second.output_text), (first.id, first.output_text), "the second response")


@call("response with a tool that is no function")
def tool(api):
    code = "unsupported_parameter"
    search = {"type": "web_search"}
    api.refused("BadRequestError", lambda: api.respond(tools=[search]), 400, code, "tools[0].type")


@call("response with an unknown model")
def unknown_model(api):
    code = "model_not_found"
    api.refused("NotFoundError", lambda: api.respond(model="nobody"), 404, code, "model")
