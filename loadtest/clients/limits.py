"""What is far larger than it looks. Last of the submissions: where it fails, nothing answers any more."""

from cases import case, expect
from submissions import finished, still_answers
from topics import Topics, body, new_id

BOMB = 450 << 20


@case("450 MiB in 15 KB")
def bomb(service):
    topics = Topics(service)
    before = topics.submit()
    producer = topics.new_producer(compression_type="zstd", message_max_bytes=BOMB + (1 << 20))
    large = new_id()
    head, tail = body(large, prompt="PROMPT").split(b"PROMPT")
    place = None
    try:
        place = topics.write(large, head + b"a" * BOMB + tail, producer=producer)
    except topics.confluent.KafkaException as e:
        expect("too large" in str(e).lower() or "SIZE" in str(e), f"refused with {e}")
    del producer
    behind = topics.submit()
    finished(topics, before, "the request before it")
    finished(topics, behind, "the request behind it")
    if place is not None:
        dead_letter = service.eventually(lambda: topics.is_explained(place))
        expect(dead_letter, "it was taken and there is no dead letter")
    expect(topics.runs(large) == 0, "it ran")
    still_answers(topics)
