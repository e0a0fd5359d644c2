package io.anyserve.loadtest.faults.site;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Lane;
import io.anyserve.contracts.LogPosition;
import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.topic.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Writes records that nobody can read. One thread uses it. */
public final class Garbage implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;
  private static final int NOISE = 300;

  private final Topics topics;
  private final KafkaProducer<byte[], byte[]> producer;

  public Garbage(KafkaSettings kafka, Topics topics) {
    this.topics = topics;
    this.producer = kafka.producer("faults-garbage", Map.of());
  }

  /**
   * Some of every sort into every topic that a service reads; returns where those lie that must be
   * explained in {@code dlq}. What tells everybody about workers, routes and commands is not work:
   * there a reader only skips what it cannot read.
   */
  public List<LogPosition> plant(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    Capability story = new Capability("story");
    List<LogPosition> planted = new ArrayList<>();
    for (String topic :
        List.of(
            topics.intake(),
            topics.requests(story, Lane.INTERACTIVE),
            topics.requests(story, Lane.BATCH),
            topics.tokens())) {
      planted.addAll(plant(topic, random));
    }
    for (String topic : List.of(topics.control(), topics.workers(), topics.capabilities())) {
      plant(topic, random);
    }
    return planted;
  }

  private List<LogPosition> plant(String topic, SplittableRandom random) throws IOException {
    List<LogPosition> planted = new ArrayList<>();
    byte[] id = bytes(random, 16);
    planted.add(send(topic, id, noise(random)));
    planted.add(send(topic, id, new byte[0]));
    planted.add(send(topic, id, truncated()));
    planted.add(send(topic, bytes(random, 3), noise(random)));
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

  private LogPosition send(String topic, byte[] key, byte[] value) throws IOException {
    try {
      RecordMetadata written =
          producer
              .send(new ProducerRecord<>(topic, key, value))
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return new LogPosition(topic, written.partition(), written.offset());
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("garbage cannot be written to " + topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    producer.close(java.time.Duration.ofSeconds(2));
  }
}
