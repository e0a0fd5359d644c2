package io.anyserve.loadtest.metering;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.topic.TenantPartition;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries to a ledger, each of a session of its own with a long name: a session and three
 * windows in the stores for each. Owned by one thread.
 */
final class LedgerWriter implements AutoCloseable {

  private static final int TENANTS = 4;
  private static final int SESSION_DIGITS = 110;
  private static final TokenUsage USED = new TokenUsage(200, 10, 0);
  private static final ServedBy SERVED = new ServedBy("story", "words", "bench", 1, false);

  private final KafkaProducer<byte[], byte[]> producer;
  private final TopicNames topics;
  private final int partitions;
  private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
  private long written;

  LedgerWriter(KafkaClients kafka, TopicNames topics) {
    this.producer = kafka.newProducer("bench-ledger", Map.of("batch.size", 256 << 10));
    this.topics = topics;
    this.partitions = producer.partitionsFor(topics.usage()).size();
  }

  long written() {
    return written;
  }

  /** Of the ledger. */
  int partitions() {
    return partitions;
  }

  /** Returns when they are in the log. */
  void write(long entries) {
    for (long i = 0; i < entries; i++) {
      LedgerEntry entry = entry(written++);
      RequestId id = entry.request();
      int partition = TenantPartition.of(entry.context().tenant(), partitions);
      var _ =
          producer.send(
              new ProducerRecord<>(topics.usage(), partition, id.bytes(), UsageCodec.encode(entry)),
              (_, failure) -> failed.compareAndSet(null, failure));
    }
    producer.flush();
    if (failed.get() != null) {
      throw new IllegalStateException("the ledger cannot be written", failed.get());
    }
  }

  private LedgerEntry entry(long number) {
    Instant now = Instant.now();
    var context =
        new RequestContext(
            new TenantId("tenant-" + number % TENANTS),
            new SessionId(("s%0" + SESSION_DIGITS + "d").formatted(number)),
            "key-" + number % TENANTS,
            new Capability(SERVED.capability()),
            Map.of(),
            now,
            false);
    return new LedgerEntry(
        RequestTemplate.id(number),
        context,
        SERVED,
        Outcome.FINISHED,
        "",
        USED,
        USED.completion(),
        LedgerEntry.Volume.NONE,
        Duration.ofMillis(1),
        new LedgerEntry.Times(Optional.of(now), Optional.of(now), now),
        Cost.UNPRICED,
        Optional.of(new TopicOffset(topics.tokens(), 0, number)));
  }

  @Override
  public void close() {
    producer.close();
  }
}
