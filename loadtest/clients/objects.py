"""What moves bytes to and from the object store: curl, requests, boto3."""

import hashlib
import subprocess

from cases import Failed, case, expect, expect_nothing, package, program

CONTENT = b"Once upon a time" * 64


class Objects:
    """The object service; used in a `with`."""

    def __init__(self, service):
        self.grpc = package("grpc", "grpcio")
        self.messages = package("anyserve.v1.objects_pb2", "grpcio-tools")
        stubs = package("anyserve.v1.objects_pb2_grpc", "grpcio-tools")
        self.channel = self.grpc.insecure_channel(service.grpc)
        self.stub = stubs.ObjectServiceStub(self.channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def presign_put(self, content_type="text/plain"):
        """An address to upload to, and the key that it will have."""
        request = self.messages.PresignObjectRequest(
            method=self.messages.PRESIGN_METHOD_PUT, content_type=content_type
        )
        answer = self.stub.PresignObject(request, timeout=30)
        return answer.url, answer.object

    def presign_get(self, stored):
        stored.size = len(CONTENT)
        stored.sha256 = hashlib.sha256(CONTENT).digest()
        request = self.messages.PresignObjectRequest(
            method=self.messages.PRESIGN_METHOD_GET, object=stored
        )
        return self.stub.PresignObject(request, timeout=30).url


def curl(*arguments):
    """Status and body."""
    done = subprocess.run(
        [program("curl"), "-sS", "-m", "60", "-w", "\n%{http_code}", *arguments],
        capture_output=True,
        timeout=90,
    )
    content, _, status = done.stdout.rpartition(b"\n")
    return status.decode() or done.stderr.decode(), content


@case("upload with curl")
def curl_upload(service):
    path = service.folder / "upload.txt"
    path.write_bytes(CONTENT)
    ways = {
        "-X PUT --data-binary": ["-X", "PUT", "--data-binary", f"@{path}"],
        "-T": ["-T", str(path)],
        "-T with the content type": ["-H", "Content-Type: text/plain", "-T", str(path)],
        "--data-binary with the content type": [
            *["-X", "PUT", "-H", "Content-Type: text/plain"],
            *["--data-binary", f"@{path}"],
        ],
    }
    wrong = []
    with Objects(service) as objects:
        for way, arguments in ways.items():
            url, stored = objects.presign_put()
            status, said = curl(*arguments, url)
            if status != "200":
                wrong.append(f"{way}: {status} {code_of(said)}")
                continue
            status, content = curl(objects.presign_get(stored))
            if content != CONTENT:
                wrong.append(f"{way}, then GET: {status}, {len(content)} bytes")
    expect_nothing(wrong)


def code_of(xml):
    """Of an S3 error."""
    return xml.partition(b"<Code>")[2].partition(b"</Code>")[0].decode() or xml[:80].decode()


@case("upload with requests")
def requests_upload(service):
    requests = package("requests")
    with Objects(service) as objects:
        url, stored = objects.presign_put()
        status = requests.put(url, data=CONTENT, timeout=60).status_code
        expect(status == 200, f"PUT: {status}")
        answer = requests.get(objects.presign_get(stored), timeout=60)
        expect(answer.content == CONTENT, f"GET: {answer.status_code}")


@case("upload with boto3's HTTP client")
def boto_upload(service):
    """A presigned URL as botocore, under boto3, sends it: with its own headers."""
    package("boto3")
    awsrequest = package("botocore.awsrequest", "boto3")
    session = package("botocore.httpsession", "boto3").URLLib3Session()
    with Objects(service) as objects:
        url, stored = objects.presign_put()
        put = awsrequest.AWSRequest("PUT", url, data=CONTENT).prepare()
        status = session.send(put).status_code
        expect(status == 200, f"PUT: {status}")
        get = awsrequest.AWSRequest("GET", objects.presign_get(stored)).prepare()
        expect(session.send(get).content == CONTENT, "GET: other bytes")


@case("answer to an uploaded prompt")
def uploaded_prompt(service):
    inference = package("anyserve.v1.inference_pb2", "grpcio-tools")
    stubs = package("anyserve.v1.inference_pb2_grpc", "grpcio-tools")
    path = service.folder / "prompt.txt"
    path.write_bytes(CONTENT)
    with Objects(service) as objects:
        url, stored = objects.presign_put()
        status, said = curl("-H", "Content-Type: text/plain", "-T", str(path), url)
        expect(status == "200", f"-T: {status} {code_of(said)}")
        objects.presign_get(stored)
        request = inference.InferRequest()
        request.inference.capability = "story"
        request.inference.session = "uploaded"
        request.inference.input.object.CopyFrom(stored)
        request.inference.parameters.max_tokens = 3
        try:
            answer = stubs.InferenceServiceStub(objects.channel).Infer(request, timeout=60)
        except objects.grpc.RpcError as e:
            raise Failed(f"{e.code().name} {e.details()}") from e
        expect(answer.usage.completion_tokens == 3, f"{answer.usage}")
