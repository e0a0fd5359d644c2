"""What moves bytes to and from the object store: curl, requests, boto3."""

import hashlib
import io
import subprocess

from cases import Failed, case, expect, expect_nothing, package, program

CONTENT = b"Once upon a time" * 64

# The smallest part that S3 allows, and an object of two and a bit.
PART = 5 << 20
PARTS = 2 * PART + 12345

# The most that the embedded store takes in one signed PUT.
LARGEST_PUT = 64 << 20


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
        """An address to read the content from,."""
        describe(stored)
        request = self.messages.PresignObjectRequest(
            method=self.messages.PRESIGN_METHOD_GET, object=stored
        )
        return self.stub.PresignObject(request, timeout=30).url


def describe(stored):
    """Completes the reference to an object that holds the content."""
    stored.size = len(CONTENT)
    stored.sha256 = hashlib.sha256(CONTENT).digest()


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
    with Objects(service) as objects:
        url, stored = objects.presign_put()
        status, said = botocore("PUT", url, CONTENT)
        expect(status == 200, f"PUT: {status} {code_of(said)}")
        status, content = botocore("GET", objects.presign_get(stored))
        expect(content == CONTENT, f"GET: {status}, {len(content)} bytes")


def botocore(method, url, content=None):
    """Status and body."""
    package("boto3")
    awsrequest = package("botocore.awsrequest", "boto3")
    session = package("botocore.httpsession", "boto3").URLLib3Session()
    answer = session.send(awsrequest.AWSRequest(method, url, data=content).prepare())
    return answer.status_code, answer.content


class Bucket:
    """A bucket of its own in the embedded store, as boto3 sees it with the store's keys."""

    NAME = "clients"

    def __init__(self, service):
        boto3 = package("boto3")
        self.failure = package("botocore.exceptions", "boto3").ClientError
        config = package("botocore.config", "boto3").Config
        self.transfer = package("boto3.s3.transfer", "boto3").TransferConfig
        self.s3 = boto3.client(
            "s3",
            endpoint_url=service.objects,
            region_name="us-east-1",
            aws_access_key_id="anyserve",
            aws_secret_access_key=(service.data / "s3-secret").read_text().strip(),
            config=config(signature_version="s3v4"),
        )
        if self.NAME not in [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]]:
            self.s3.create_bucket(Bucket=self.NAME)

    def content(self, key, **more):
        return self.s3.get_object(Bucket=self.NAME, Key=key, **more)["Body"].read()

    def refusal(self, key, **more):
        """Status and code of a read that must be refused."""
        try:
            return 200, f"{len(self.content(key, **more))} bytes"
        except self.failure as e:
            code = e.response["Error"]["Code"]
            return e.response["ResponseMetadata"]["HTTPStatusCode"], code


@case("objects with boto3")
def boto_objects(service):
    bucket = Bucket(service)
    name, s3 = bucket.NAME, bucket.s3
    put = s3.put_object(Bucket=name, Key="a/b", Body=CONTENT, ContentType="text/plain")
    head = s3.head_object(Bucket=name, Key="a/b")
    expect(head["ContentLength"] == len(CONTENT), f"HEAD: {head['ContentLength']} bytes")
    expect(head["ContentType"] == "text/plain", f"HEAD: {head['ContentType']}")
    expect(bucket.content("a/b") == CONTENT, "GET: other bytes")
    expect(bucket.content("a/b", Range="bytes=5-8") == CONTENT[5:9], "GET of a range: other bytes")
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=name, Prefix="a/")["Contents"]]
    expect(keys == ["a/b"], f"list: {keys}")
    refusals = {
        (404, "NoSuchKey"): bucket.refusal("none"),
        (416, "InvalidRange"): bucket.refusal("a/b", Range="bytes=9999-"),
        (412, "PreconditionFailed"): bucket.refusal("a/b", IfMatch='"other"'),
        (304, "304"): bucket.refusal("a/b", IfNoneMatch=put["ETag"]),
    }
    expect_nothing([f"{was} (expected: {must})" for must, was in refusals.items() if was != must])
    s3.copy_object(Bucket=name, Key="copy", CopySource={"Bucket": name, "Key": "a/b"})
    expect(bucket.content("copy") == CONTENT, "GET of the copy: other bytes")
    s3.delete_object(Bucket=name, Key="a/b")
    expect(bucket.refusal("a/b")[0] == 404, "it is still there after DELETE")


@case("multipart upload with boto3")
def boto_parts(service):
    bucket = Bucket(service)
    large = hashlib.shake_256(b"parts").digest(PARTS)
    parts = bucket.transfer(multipart_threshold=PART, multipart_chunksize=PART)
    bucket.s3.upload_fileobj(io.BytesIO(large), bucket.NAME, "parts", Config=parts)
    tag = bucket.s3.head_object(Bucket=bucket.NAME, Key="parts")["ETag"]
    expect(tag.endswith('-3"'), f"ETag {tag} (expected: of 3 parts)")
    expect(bucket.content("parts") == large, "GET: other bytes")
    try:
        bucket.s3.put_object(Bucket=bucket.NAME, Key="whole", Body=bytes(LARGEST_PUT + 1))
        raise Failed(f"a PUT of {LARGEST_PUT + 1} signed bytes is taken")
    except bucket.failure as e:
        code = e.response["Error"]["Code"]
        expect(code == "MaxMessageLengthExceeded", f"a PUT of {LARGEST_PUT + 1} bytes: {code}")
    begun = bucket.s3.create_multipart_upload(Bucket=bucket.NAME, Key="left")["UploadId"]
    place = {"Bucket": bucket.NAME, "Key": "left", "UploadId": begun}
    bucket.s3.upload_part(**place, PartNumber=1, Body=CONTENT)
    bucket.s3.abort_multipart_upload(**place)
    expect(bucket.refusal("left")[0] == 404, "an aborted upload left an object")


@case("URLs that boto3 signs")
def boto_presigned(service):
    """Sent by two clients, whose headers differ where the signature does not cover them."""
    bucket = Bucket(service)
    path = service.folder / "signed.txt"
    path.write_bytes(CONTENT)
    ways = {
        "botocore": lambda url: str(botocore("PUT", url, CONTENT)[0]),
        "curl -X PUT --data-binary": lambda url: curl(
            "-X", "PUT", "--data-binary", f"@{path}", url
        )[0],
    }
    wrong = []
    for way, put in ways.items():
        place = {"Bucket": bucket.NAME, "Key": way.replace(" ", "-")}
        status = put(bucket.s3.generate_presigned_url("put_object", place))
        url = bucket.s3.generate_presigned_url("get_object", place)
        read = botocore("GET", url)
        if (status, *read) != ("200", 200, CONTENT):
            wrong.append(f"{way}: PUT {status}, GET {read[0]}, {len(read[1])} bytes")
        if botocore("GET", url.replace("Signature=", "Signature=0"))[0] != 403:
            wrong.append(f"{way}: a wrong signature is taken")
    expect_nothing(wrong)


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
        describe(stored)
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
