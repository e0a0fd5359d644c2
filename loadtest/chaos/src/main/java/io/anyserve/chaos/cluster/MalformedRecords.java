package io.anyserve.chaos.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.chaos.check.PlantedRecord;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Writes records that nobody can read, and requests that nobody may run. One thread uses it. */
public final class MalformedRecords implements AutoCloseable {

  private static final int NOISE = 300;

  private final TopicNames topics;
  private final InstantSource clock;
  private final RecordWriter writer;
  private final PlantedRequests requests;

  public MalformedRecords(KafkaClients kafka, TopicNames topics, InstantSource clock) {
    this.topics = topics;
    this.clock = clock;
    this.writer = new RecordWriter(kafka.newProducer("faults-garbage", Map.of()));
    this.requests = new PlantedRequests(kafka, topics, writer);
  }

  /**
   * Some of every sort into every topic that a service reads; returns what must become of it. What
   * tells everybody about workers, routes and commands is not work: there a reader only skips what
   * it cannot read.
   */
  public List<PlantedRecord> plant(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    Capability story = new Capability("story");
    List<PlantedRecord> planted = new ArrayList<>();
    for (String topic :
        List.of(
            topics.intake(),
            topics.requests(story, Priority.INTERACTIVE),
            topics.requests(story, Priority.BATCH),
            topics.tokens())) {
      noise(topic, random).stream().map(PlantedRecord.Unreadable::new).forEach(planted::add);
    }
    for (String topic : List.of(topics.control(), topics.workers(), topics.capabilities())) {
      noise(topic, random);
    }
    planted.addAll(requests.plant(random, clock.millis()));
    return planted;
  }

  private List<TopicOffset> noise(String topic, SplittableRandom random) throws IOException {
    List<TopicOffset> planted = new ArrayList<>();
    byte[] id = bytes(random, 16);
    planted.add(writer.write(topic, id, noise(random)));
    planted.add(writer.write(topic, id, new byte[0]));
    planted.add(writer.write(topic, id, truncated()));
    planted.add(writer.write(topic, bytes(random, 3), noise(random)));
    return planted;
  }

  /** No protobuf message begins with this byte: it would be of wire type 7. */
  private static byte[] noise(SplittableRandom random) {
    byte[] noise = bytes(random, NOISE);
    noise[0] = (byte) 0xFF;
    return noise;
  }

  /** A field that says it is longer than the record. */
  private static byte[] truncated() {
    byte[] text = "  cut off in the middle of a fie".getBytes(UTF_8);
    text[0] = (3 << 3) | 2;
    text[1] = 100;
    return text;
  }

  private static byte[] bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Override
  public void close() {
    writer.close();
  }
}
