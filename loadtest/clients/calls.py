"""What any gRPC client can send."""

import json
import subprocess

from cases import Failed, case, expect, expect_nothing, package, program
from topics import Topics

SIZES = (9, 20)


class Calls:
    """A channel to the ingress; used in a `with`."""

    def __init__(self, service):
        self.grpc = package("grpc", "grpcio")
        self.messages = package("anyserve.v1.inference_pb2", "grpcio-tools")
        stubs = package("anyserve.v1.inference_pb2_grpc", "grpcio-tools")
        self.channel = self.grpc.insecure_channel(service.grpc)
        self.stub = stubs.InferenceServiceStub(self.channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def inference(self, session, **fields):
        inference = self.messages.Inference(capability="story", session=session, **fields)
        inference.input.text = "Once upon a time"
        inference.parameters.max_tokens = 3
        return inference

    def infer(self, session, seconds=30, metadata=(), **fields):
        """Code and description; OK and nothing where it was answered."""
        request = self.messages.InferRequest(inference=self.inference(session, **fields))
        try:
            self.stub.Infer(request, timeout=seconds, metadata=metadata)
            return "OK", ""
        except self.grpc.RpcError as e:
            return e.code().name, e.details() or ""

    def state_of(self, request):
        """Of a request as GetRequest knows it, or the code of the failure."""
        try:
            asked = self.messages.GetRequestRequest(request_id=request)
            state = self.stub.GetRequest(asked, timeout=30).state
            return self.messages.RequestState.Name(state)
        except self.grpc.RpcError as e:
            return e.code().name


@case("retry after a missed deadline")
def missed_deadline(service):
    wrong = []
    with Calls(service) as calls:
        for micros in (500, 1000, 1500, 2000, 3000, 5000):
            session = f"late-{micros}"
            key = (("idempotency-key", session),)
            first, _ = calls.infer(session, micros / 1e6, key)
            again, details = calls.infer(session, metadata=key)
            if again != "OK" and not began(service, session):
                wrong.append(f"{first} after {micros} us, then {again}: {details[:80]}")
    expect_nothing(wrong)


def began(service, session):
    """Whether a worker had taken it, by its ledger line."""
    topics = Topics(service)
    lines = service.eventually(lambda: topics.lines(session))
    return any(line.attempts > 0 for line in lines)


@case("GetRequest of one's own request")
def own_request(service):
    wrong = {}
    with Calls(service) as calls:
        for _ in range(20):
            request = calls.messages.InferStreamRequest(inference=calls.inference("read-own"))
            stream = calls.stub.InferStream(request, timeout=30)
            name = next(stream).accepted.request_id
            accepted = calls.state_of(name)
            for _ in stream:
                pass
            ended = calls.state_of(name)
            if accepted == "NOT_FOUND":
                wrong["NOT_FOUND after accepted"] = wrong.get("NOT_FOUND after accepted", 0) + 1
            if ended != "REQUEST_STATE_FINISHED":
                wrong[f"{ended} after finished"] = wrong.get(f"{ended} after finished", 0) + 1
    expect_nothing([f"{number} of 20 {what}" for what, number in wrong.items()])


def names_the_limit(code, details):
    """Taken, or refused with the code for it and a number."""
    digits = any(character.isdigit() for character in details)
    return code == "OK" or (code == "RESOURCE_EXHAUSTED" and digits)


@case("large metadata (grpcio)")
def metadata(service):
    wrong = []
    with Calls(service) as calls:
        for size in SIZES:
            code, details = calls.infer("metadata", metadata=(("x-large", "m" * (size << 10)),))
            if not names_the_limit(code, details):
                wrong.append(f"{size} KiB: {code} {details[:80]}")
            code, details = calls.infer("metadata")
            if code != "OK":
                wrong.append(f"the call after {size} KiB: {code} {details[:80]}")
    expect_nothing(wrong)


def grpcurl(service, request, *options):
    """Exit code and what it said, by reflection."""
    done = subprocess.run(
        [
            program("grpcurl"),
            "-plaintext",
            *options,
            "-d",
            json.dumps({"inference": request}),
            service.grpc,
            "anyserve.v1.InferenceService/Infer",
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


STORY = {
    "capability": "story",
    "session": "grpcurl",
    "input": {"text": "Once upon a time"},
    "parameters": {"max_tokens": 3},
}


@case("large metadata (grpcurl)")
def grpcurl_metadata(service):
    wrong = []
    for size in SIZES:
        code, said = grpcurl(service, STORY, "-rpc-header", "x-large: " + "m" * (size << 10))
        if code != 0 and not ("ResourceExhausted" in said and any(map(str.isdigit, said))):
            wrong.append(f"{size} KiB: {' '.join(said.split())[:120]}")
    expect_nothing(wrong)


@case("control characters in a call")
def control_characters(service):
    wrong = []
    with Calls(service) as calls:
        for text in ("a\0b", "a\nb", "a\x85b"):
            for labels in ({text: "v"}, {"name": text}):
                code, _ = calls.infer("labels", labels=labels)
                if code != "INVALID_ARGUMENT":
                    wrong.append(f"labels {labels}: {code}")
        request = calls.messages.InferRequest(inference=calls.inference("stop"))
        request.inference.parameters.stop.append("a\0b")
        wrong += stop(calls, request, "INVALID_ARGUMENT")
        request.inference.parameters.stop[0] = "\n\n"
        wrong += stop(calls, request, "OK")
    expect_nothing(wrong)


def stop(calls, request, expected):
    try:
        calls.stub.Infer(request, timeout=30)
        code = "OK"
    except calls.grpc.RpcError as e:
        code = e.code().name
    text = request.inference.parameters.stop[0]
    return [] if code == expected else [f"stop {text!r}: {code} (expected: {expected})"]


@case("control characters in a call (grpcurl)")
def grpcurl_labels(service):
    code, said = grpcurl(service, {**STORY, "labels": {"a\0b": "v"}})
    expect(code != 0 and "InvalidArgument" in said, f"NUL in a label name: {said.split()[:6]}")
    code, said = grpcurl(service, STORY)
    if code != 0:
        raise Failed(f"a good call: {said[:120]}")
