package io.anyserve.metering.query.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.UsageFilter;
import io.anyserve.runtime.kafka.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The reader's clock stands still, so that no page is cut for the time that it took. */
@Timeout(240)
final class KafkaLedgerReaderIT {

  private static final int PARTITIONS = 3;
  private static final Duration LATEST = Duration.ofHours(24);
  private static final TimeRange HOUR =
      new TimeRange(TestEntry.NOON, TestEntry.NOON.plus(Duration.ofHours(1)));

  /** The broker dates the end of a transaction by its own clock, long after these entries. */
  private static final TimeRange EVER =
      new TimeRange(TestEntry.NOON, Instant.parse("9999-01-01T00:00:00Z"));

  private static final Map<String, String> ANY_TIME =
      Map.of("retention.ms", "-1", "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));

  private static EmbeddedBroker broker;

  private final String topic;
  private final KafkaClients kafka;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaLedgerReader entries;

  KafkaLedgerReaderIT(TestInfo info) {
    this.topic = info.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
    this.kafka = KafkaClients.of(broker.bootstrapServers());
    this.producer = kafka.newProducer("test", Map.of());
    this.entries =
        new KafkaLedgerReader(
            kafka,
            topic,
            (tenant, count) -> List.of(partition(tenant.value(), count)),
            LATEST,
            () -> 0);
  }

  @BeforeAll
  static void startBroker(@TempDir Path data) throws Exception {
    broker = EmbeddedBroker.start(data, 0);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopic() throws Exception {
    if (!topic.contains("missing")) {
      try (Admin admin = kafka.newAdmin("test")) {
        admin
            .createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1).configs(ANY_TIME)))
            .all()
            .get();
      }
    }
  }

  @AfterEach
  void stop() {
    producer.close();
    entries.close();
  }

  @Test
  void pagesBringEachEntryOfTheTenantOnce() {
    for (int i = 0; i < 1_000; i++) {
      write(TestEntry.of(i % 3 == 0 ? "acme" : "globex", "s" + i).entry());
    }
    writeBytes("acme", "no line".getBytes(StandardCharsets.UTF_8));
    producer.flush();

    List<String> seen = new ArrayList<>();
    Optional<LedgerPageToken> cursor = Optional.empty();
    int pages = 0;
    do {
      LedgerPage page = entries.page(query(of("acme"), HOUR, 50, cursor));
      page.entries().forEach(entry -> seen.add(entry.context().session().value()));
      cursor = page.next();
      pages++;
    } while (cursor.isPresent());

    assertEquals(334, seen.size());
    assertEquals(334, seen.stream().distinct().count());
    assertTrue(pages >= 7, () -> "pages");
    List<LedgerEntry> all = new ArrayList<>();
    entries.all(query(new TenantScope.All(), HOUR, 1, Optional.empty()), all::add);
    assertEquals(1_000, all.size());
  }

  @Test
  void theRangeIsExactThoughEntriesAreNotInOrder() {
    for (int minutes : new int[] {-90, 10, -1, 70, 0, 59, 60, 30, 1_200, 5, 2_000, 20}) {
      write(TestEntry.of("acme", "s").after(Duration.ofMinutes(minutes)).entry());
    }
    producer.flush();
    LedgerPage page = entries.page(query(of("acme"), HOUR, 100, Optional.empty()));
    assertEquals(
        List.of(10L, 0L, 59L, 30L, 5L),
        page.entries().stream()
            .map(entry -> Duration.between(TestEntry.NOON, entry.times().endedAt()).toMinutes())
            .toList());
    assertEquals(Optional.empty(), page.next());
  }

  @Test
  void onlyCommittedEntriesAreRead() {
    try (KafkaProducer<byte[], byte[]> writer =
        kafka.newProducer("writer", Map.of("transactional.id", topic))) {
      writer.initTransactions();
      writer.beginTransaction();
      var _ = writer.send(record(TestEntry.of("acme", "aborted").entry()));
      writer.flush();
      writer.abortTransaction();
      writer.beginTransaction();
      var _ = writer.send(record(TestEntry.of("acme", "committed").entry()));
      writer.commitTransaction();
      writer.beginTransaction();
      var _ = writer.send(record(TestEntry.of("acme", "open").entry()));
      writer.flush();
      LedgerPage page = entries.page(query(of("acme"), EVER, 100, Optional.empty()));
      assertEquals(
          List.of("committed"),
          page.entries().stream().map(entry -> entry.context().session().value()).toList());
      assertEquals(Optional.empty(), page.next());
      writer.abortTransaction();
    }
  }

  @Test
  void aForgedCursorShowsOnlyTheTenantsEntries() {
    write(TestEntry.of("globex", "s").entry());
    write(TestEntry.of("acme", "s").entry());
    producer.flush();
    for (long offset : new long[] {0, 1, 5_000, Long.MAX_VALUE}) {
      for (int partition = 0; partition < 5; partition++) {
        var cursor = Optional.of(new LedgerPageToken(partition, offset));
        LedgerPage page = entries.page(query(of("acme"), HOUR, 10, cursor));
        assertTrue(
            page.entries().stream()
                .allMatch(entry -> entry.context().tenant().value().equals("acme")));
      }
    }
  }

  @Test
  void aMissingTopicIsSaid() {
    var refused =
        assertThrows(
            FailureException.class,
            () -> entries.page(query(of("acme"), HOUR, 10, Optional.empty())));
    assertEquals(FailureCode.STORE_UNAVAILABLE, refused.failure().code());
  }

  private static TenantScope of(String tenant) {
    return new TenantScope.Of(new TenantId(tenant));
  }

  private static LedgerQuery query(
      TenantScope scope, TimeRange range, int limit, Optional<LedgerPageToken> cursor) {
    return new LedgerQuery(scope, range, UsageFilter.NONE, Optional.empty(), limit, cursor);
  }

  private static int partition(String tenant, int count) {
    return Math.floorMod(tenant.hashCode(), count);
  }

  private void write(LedgerEntry entry) {
    var _ = producer.send(record(entry));
  }

  private ProducerRecord<byte[], byte[]> record(LedgerEntry entry) {
    return new ProducerRecord<>(
        topic,
        partition(entry.context().tenant().value(), PARTITIONS),
        entry.times().endedAt().toEpochMilli(),
        entry.request().bytes(),
        UsageCodec.encode(entry));
  }

  private void writeBytes(String tenant, byte[] bytes) {
    var _ =
        producer.send(
            new ProducerRecord<>(
                topic,
                partition(tenant, PARTITIONS),
                TestEntry.NOON.toEpochMilli(),
                new byte[16],
                bytes));
  }
}
