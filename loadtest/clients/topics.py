"""The topics as any Kafka client sees them: writes to intake, reads results, dlq, tokens, usage."""

import json
import os
import time
import uuid

from cases import package

INTAKE = "anyserve.intake"
WORK = ("anyserve.requests.story", "anyserve.requests.story.batch")


def new_id():
    """A version 7 UUID (RFC 9562)."""
    high = (time.time_ns() // 1_000_000) << 80
    low = int.from_bytes(os.urandom(10), "big")
    value = (high | low) & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62)
    return uuid.UUID(int=value)


class Topics:
    """Owned by the main thread."""

    def __init__(self, service):
        self.service = service
        self.confluent = package("confluent_kafka", "confluent-kafka")
        self.events = package("anyserve.v1.events_pb2", "grpcio-tools")
        self.producer = self.new_producer()

    def new_producer(self, **settings):
        names = {name.replace("_", "."): value for name, value in settings.items()}
        return self.confluent.Producer(
            {"bootstrap.servers": self.service.kafka, "linger.ms": 0, "log_level": 0, **names}
        )

    def write(self, request, value, topic=INTAKE, producer=None):
        """Where the record lies: topic, partition, offset. Raises KafkaException."""
        producer = producer or self.producer
        written = []
        producer.produce(
            topic,
            key=request.bytes,
            value=value,
            on_delivery=lambda error, message: written.append((error, message)),
        )
        producer.flush(self.service.patience)
        if not written:
            raise TimeoutError(f"{topic} acknowledged nothing")
        error, message = written[0]
        if error is not None:
            raise self.confluent.KafkaException(error)
        return message.topic(), message.partition(), message.offset()

    def submit(self, request=None, **fields):
        """A good request as plain JSON, but for the given fields; its id."""
        request = request or new_id()
        self.write(request, body(request, **fields))
        return request

    def read(self, topic):
        """All that is committed."""
        consumer = self.confluent.Consumer(
            {
                "bootstrap.servers": self.service.kafka,
                "group.id": "nobody",
                "log_level": 0,
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
            }
        )
        try:
            messages = []
            for number in consumer.list_topics(topic, 10).topics[topic].partitions:
                consumer.assign([self.confluent.TopicPartition(topic, number, 0)])
                messages += self.read_to_end(consumer)
            return messages
        finally:
            consumer.close()

    def read_to_end(self, consumer):
        """Of the partition that is assigned, as far as it is committed."""
        messages = []
        until = time.monotonic() + 2 * self.service.patience
        while time.monotonic() < until:
            message = consumer.poll(1)
            if message is None:
                continue
            if message.error() is None:
                messages.append(message)
            elif message.error().code() == self.confluent.KafkaError._PARTITION_EOF:
                return messages
        raise TimeoutError("a topic cannot be read to its end")

    def results(self, request):
        """What results say of a request, oldest first; see `Result`."""
        return [
            Result(message, self.events)
            for message in self.read("anyserve.results")
            if message.key() == request.bytes
        ]

    def await_results(self, request, number=1):
        def enough():
            found = self.results(request)
            return found if len(found) >= number else []

        return self.service.eventually(enough) or self.results(request)

    def is_explained(self, place):
        """Whether dlq holds the record that lay there."""
        return any(
            place
            == (
                header(dead_letter, "__streams.errors.topic"),
                int(header(dead_letter, "__streams.errors.partition") or -1),
                int(header(dead_letter, "__streams.errors.offset") or -1),
            )
            for dead_letter in self.read("anyserve.dlq")
        )

    def runs(self, request):
        """How often a worker took it."""
        return sum(
            self.events.TokenEvent.FromString(message.value()).HasField("started")
            for message in self.read("anyserve.tokens")
            if message.key() == request.bytes
        )

    def lines(self, session):
        """Of the ledger."""
        lines = [
            self.events.LedgerEntry.FromString(message.value())
            for message in self.read("anyserve.usage")
        ]
        return [line for line in lines if line.context.session == session]


class Result:
    """A record of results, whether protobuf or JSON."""

    def __init__(self, message, events):
        self.raw = message.value()
        if self.raw.startswith(b"{"):
            self.read_json(json.loads(self.raw))
        else:
            self.read_protobuf(events.RequestResult.FromString(self.raw))

    def read_json(self, value):
        self.outcome = value["outcome"]
        self.code = value.get("error", {}).get("code", "")
        self.said = value.get("error", {}).get("message", "")
        self.text = value.get("text", "")
        self.tenant = value["tenant"]

    def read_protobuf(self, value):
        self.outcome = value.WhichOneof("outcome")
        self.code = value.failed.code
        self.said = value.failed.message
        self.text = value.finished.output.text
        self.tenant = value.context.tenant

    def __str__(self):
        return f"{self.outcome} {self.code} {self.said[:80]}".strip()


def header(message, name):
    for key, value in message.headers() or []:
        if key == name and value is not None:
            return value.decode(errors="replace")
    return ""


def body(request, **fields):
    """JSON on one line; `raw` goes in as it is."""
    raw = fields.pop("raw", "")
    whole = {
        "id": str(request),
        "capability": "story",
        "prompt": "Once upon a time",
        "max_tokens": 3,
        **fields,
    }
    text = json.dumps(whole)
    return (text[:-1] + ("," + raw if raw else "") + "}").encode()
