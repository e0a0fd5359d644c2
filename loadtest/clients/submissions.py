"""What any producer can write to Kafka."""

import json
import re
import time

from cases import case, expect, expect_nothing, package
from topics import INTAKE, WORK, Topics, body, new_id


def finished(topics, request, what):
    results = topics.await_results(request)
    expect(results, f"{what}: no result")
    expect(results[0].outcome == "finished", f"{what}: {results[0]}")


def still_answers(topics):
    for lane in ("interactive", "batch"):
        finished(topics, topics.submit(lane=lane), f"a good request in lane {lane}")
    status, text = topics.service.readiness()
    expect(status == 200, f"readiness: {status} {text}")


def refused(topics, values):
    """Each value gets one failed result and a dead letter, and does not run."""
    sent = []
    for what, value in values.items():
        request = new_id()
        sent.append((what, request, topics.write(request, value(request))))
    topics.service.eventually(lambda: all(topics.results(request) for _, request, _ in sent))
    wrong = []
    for what, request, place in sent:
        results = topics.results(request)
        if len(results) != 1:
            wrong.append(f"{what}: {len(results)} results")
        wrong += [f"{what}: {r}" for r in results if r.code not in ("INVALID_REQUEST", "TOO_LARGE")]
        if not topics.is_explained(place):
            wrong.append(f"{what}: no dead letter")
        if topics.runs(request):
            wrong.append(f"{what}: it ran")
    expect_nothing(wrong)
    still_answers(topics)


def protobuf(topics, request, **context):
    """A request as it lies on topics; `message` changes it."""
    change = context.pop("message", lambda message: None)
    message = topics.events.InferenceRequest(request_id=request.bytes)
    message.context.tenant = "default"
    message.context.session = "clients"
    message.context.capability = "story"
    message.context.accepted_at = context.pop("accepted_at", time.time_ns() // 1_000_000)
    message.context.asynchronous = True
    message.context.api_key = context.pop("api_key", "")
    message.input.text = "Once upon a time"
    message.parameters.max_tokens = 3
    change(message)
    return message.SerializeToString()


def transaction(topics, name):
    producer = topics.new_producer(transactional_id=name)
    producer.init_transactions(topics.service.patience)
    producer.begin_transaction()
    return producer


@case("aborted transaction")
def aborted(service):
    topics = Topics(service)
    producer = transaction(topics, "aborts")
    gone = new_id()
    topics.write(gone, body(gone), producer=producer)
    producer.abort_transaction()
    finished(topics, topics.submit(), "a request behind it")
    expect(topics.runs(gone) == 0, "the aborted request ran")
    expect(not topics.results(gone), "the aborted request has a result")


@case("open transaction")
def open_transaction(service):
    topics = Topics(service)
    committed = transaction(topics, "commits")
    kept = new_id()
    topics.write(kept, body(kept), producer=committed)
    committed.commit_transaction()
    producer = transaction(topics, "stays-open")
    left = new_id()
    topics.write(left, body(left), producer=producer)
    finished(topics, kept, "a committed request")
    ran = topics.runs(left)
    producer.abort_transaction()
    finished(topics, topics.submit(), "a request behind it")
    expect(ran + topics.runs(left) == 0, "a request ran whose transaction was open, then aborted")
    expect(topics.runs(kept) == 1, f"the committed request ran {topics.runs(kept)} times")


@case("implausible protobuf")
def implausible(service):
    topics = Topics(service)
    now = time.time_ns()
    refused(
        topics,
        {
            "accepted_at in microseconds": lambda i: protobuf(topics, i, accepted_at=now // 1000),
            "accepted_at of -1": lambda i: protobuf(topics, i, accepted_at=-1),
            "api_key of 2,000 characters": lambda i: protobuf(topics, i, api_key="k" * 2000),
        },
    )


@case("too many attempts")
def attempts(service):
    topics = Topics(service)

    def most(message):
        message.earlier_attempts = 2**31 - 1

    refused(topics, {"on intake": lambda i: protobuf(topics, i, message=most)})
    wrong = []
    for topic in WORK:
        request = new_id()
        place = topics.write(request, protobuf(topics, request, message=most), topic)
        if not service.eventually(lambda place=place: topics.is_explained(place)):
            wrong.append(f"{topic}: no dead letter")
    expect_nothing(wrong)
    still_answers(topics)


@case("known id")
def known_id(service):
    topics = Topics(service)
    request = topics.submit(session="known-id")
    finished(topics, request, "the first submission")
    topics.submit(request, session="known-id")
    results = topics.await_results(request, 2)
    expect(len(results) == 2, f"{len(results)} results of two submissions")
    same = results[0].outcome == results[1].outcome and results[0].text == results[1].text
    expect(same, f"two results differ: {results[0]}, {results[1]}")
    expect(topics.runs(request) == 1, f"it ran {topics.runs(request)} times")
    lines = topics.lines("known-id")
    expect(len(lines) == 1, f"{len(lines)} ledger lines")


@case("somebody else's id")
def stranger(service):
    topics = Topics(service)
    request = topics.submit(session="whose-id")
    finished(topics, request, "its owner's")
    topics.submit(request, session="whose-id", tenant="stranger")
    expect(len(topics.await_results(request, 2)) == 2, "another tenant's submission: no result")
    topics.submit(request, session="whose-id", prompt="something else")
    results = topics.await_results(request, 3)
    expect(len(results) == 3, "other content: no result")
    codes = [(r.tenant, r.code) for r in results[1:]]
    conflict = "IDEMPOTENCY_CONFLICT"
    expect(codes == [("stranger", conflict), ("default", conflict)], f"results are {codes}")
    expect(topics.runs(request) == 1, f"it ran {topics.runs(request)} times")


def last(said):
    """The last line, behind the progress bar."""
    return (said.strip().splitlines() or [""])[-1][:120]


def submit(service, name, lines, timeout):
    path = service.folder / name
    path.write_bytes(b"\n".join(lines) + b"\n")
    return service.command(
        "submit", path, "--timeout", timeout, "--kafka", service.kafka, seconds=timeout + 60
    )


@case("submit a file again")
def submit_again(service):
    lines = [body(new_id()) for _ in range(3)]
    first = submit(service, "again.jsonl", lines, service.patience)
    second = submit(service, "again.jsonl", lines, service.patience)
    expect(first[0] == 0, f"the first time: exit {first[0]}, {last(first[2])}")
    expect(second[0] == 0, f"the second time: exit {second[0]}, {last(second[2])}")
    expect("3 of 3 results" in second[2], last(second[2]))


@case("submit one id twice")
def submit_twice(service):
    request = new_id()
    lines = [body(new_id()), b"", body(request), b"", body(request)]
    code, _, said = submit(service, "twice.jsonl", lines, service.patience)
    words = said.replace(str(request), "ID")
    expect(code != 0, f"exit 0: {last(words)}")
    named = re.search(r"\b3\b", words) and re.search(r"\b5\b", words)
    expect(named, f"lines 3 and 5 are not named: {last(words)}")


@case("submit lines that are refused")
def submit_refused(service):
    request = new_id()
    lines = [body(new_id()), body(request, labels={"n" * 300: "v"})]
    _, out, said = submit(service, "refused.jsonl", lines, service.patience)
    expect("2 of 2 results" in said, last(said))
    expect("1 refused" in said, f"no count of refused lines: {last(said)}")
    expect(str(request) in out, "the refused line has no result")


@case("unreadable submissions")
def unreadable(service):
    topics = Topics(service)
    month = time.time_ns() // 1_000_000 + 30 * 86_400_000

    def due(at):
        def change(message):
            message.deadline = at

        return change

    refused(
        topics,
        {
            "NaN": lambda i: body(i, temperature=float("nan")),
            "a field twice": lambda i: body(i, raw='"prompt":"again"'),
            "100 levels": lambda i: body(i, raw='"labels":' + "[" * 100 + "]" * 100),
            "a label name of 300 characters": lambda i: body(i, labels={"n" * 300: "v"}),
            "a lone surrogate": lambda i: body(i, raw='"labels":{"\\ud800":"v"}'),
            "protobuf that is cut off": lambda i: protobuf(topics, i)[:-1],
            "a deadline in 30 days": lambda i: protobuf(topics, i, message=due(month)),
            "a deadline at the end of time": lambda i: protobuf(topics, i, message=due(2**63 - 1)),
        },
    )


@case("byte-order mark")
def byte_order_mark(service):
    topics = Topics(service)
    request = new_id()
    topics.write(request, b"\xef\xbb\xbf" + body(request))
    finished(topics, request, "JSON behind a byte-order mark")


@case("control characters on intake")
def control_characters(service):
    topics = Topics(service)

    def label(message):
        message.context.labels["a\nb"] = "v"

    refused(
        topics,
        {
            "NUL in a label name": lambda i: body(i, labels={"a\0b": "v"}),
            "a newline in a label": lambda i: body(i, labels={"a": "v\nw"}),
            "NUL in a stop string": lambda i: body(i, stop=["a\0b"]),
            "a newline in a label name": lambda i: protobuf(topics, i, message=label),
            "a newline in api_key": lambda i: protobuf(topics, i, api_key="k\ne"),
        },
    )


@case("plain JSON in and out (kafka-python)")
def plain_json(service):
    kafka = package("kafka", "kafka-python")
    topics = Topics(service)
    request = new_id()
    producer = kafka.KafkaProducer(bootstrap_servers=service.kafka)
    producer.send(INTAKE, key=request.bytes, value=body(request, labels={"a": "b"})).get(30)
    producer.close()
    finished(topics, request, "JSON from kafka-python")
    consumer = kafka.KafkaConsumer(
        "anyserve.results",
        bootstrap_servers=service.kafka,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        consumer_timeout_ms=10_000,
    )
    record = next(record for record in consumer if record.key == request.bytes)
    consumer.close()
    headers = {key: value.decode() for key, value in record.headers}
    value = json.loads(record.value) if record.value.startswith(b"{") else None
    expect(value, f"the result is no JSON: {record.value[:40]}")
    expect(headers.get("content-type") == "application/json", f"headers are {headers}")
    wanted = {
        "id": str(request),
        "tenant": "default",
        "capability": "story",
        "outcome": "finished",
        "labels": {"a": "b"},
    }
    wrong = [f"{k}: {value.get(k)} (expected: {v})" for k, v in wanted.items() if value.get(k) != v]
    usage = {"prompt_tokens": 4, "completion_tokens": 3, "cached_tokens": 0}
    if value.get("usage") != usage:
        wrong.append(f"usage: {value.get('usage')} (expected: {usage})")
    if value.get("finish_reason") not in ("stop", "length"):
        wrong.append(f"finish_reason: {value.get('finish_reason')}")
    if value.get("served_by", {}).get("attempts") != 1:
        wrong.append(f"served_by: {value.get('served_by')}")
    if not isinstance(value.get("text"), str) or not value["text"]:
        wrong.append(f"text: {value.get('text')}")
    expect_nothing(wrong)


@case("protobuf in and out")
def protobuf_result(service):
    topics = Topics(service)
    request = new_id()
    topics.write(request, protobuf(topics, request))
    finished(topics, request, "protobuf")
    result = topics.results(request)[0]
    expect(not result.raw.startswith(b"{"), "the result of a protobuf request is JSON")
