package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.metering.store.UsageStore;
import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.TestInfo;

/** Metering with topics and a state directory of one test, and what it counts. */
final class MeteringFixture {

  static final Duration SOON = Duration.ofSeconds(90);

  static final TenantId ACME = new TenantId("acme");

  static final HostInfo HERE = new HostInfo("127.0.0.1", 1);

  final Path directory;
  final TopicNames topics;
  final KafkaClients kafka;

  MeteringFixture(EmbeddedBroker broker, Path directory, TestInfo info) {
    this.directory = directory;
    this.topics =
        new TopicNames(info.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT) + ".");
    this.kafka = KafkaClients.of(broker.bootstrapServers());
  }

  Metering metering(InstantSource clock) {
    return new Metering(
        MeteringConfig.of(kafka, topics, directory.resolve("state"), 1)
            .at(HERE.host(), HERE.port()),
        new SimpleMeterRegistry(),
        clock);
  }

  static List<UsageWindow> windows(UsageStore store, TenantId tenant) {
    List<UsageWindow> windows = new ArrayList<>();
    for (WindowGranularity size : WindowGranularity.values()) {
      store.windows(tenant, size, Instant.EPOCH, Instant.MAX, windows::add);
    }
    return windows;
  }

  /** In the order in which the store has them. */
  static List<UsageWindow> windowsOf(Map<String, Object> aggregates, TenantId tenant) {
    return aggregates.values().stream()
        .filter(UsageWindow.class::isInstance)
        .map(UsageWindow.class::cast)
        .filter(window -> window.tenant().equals(tenant))
        .sorted(Comparator.comparing(UsageWindow::size))
        .toList();
  }

  /** Many requests at once, step by step: Started, ten chunks, Finished. */
  static void writeInterleaved(LedgerLog log, int from, int to) {
    for (int step = 0; step < 12; step++) {
      for (int i = from; i < to; i++) {
        Tokens request = Tokens.of(i, "acme", "s" + i % 7);
        int partition = i % LedgerLog.PARTITIONS;
        switch (step) {
          case 0 -> log.write(partition, request.started(1, i));
          case 11 -> log.write(partition, request.finished(1, i, 10));
          default -> log.write(partition, request.chunk(1, i, step - 1, 1));
        }
      }
    }
  }

  static void assertEveryEntryIsWhole(LedgerLog log, int requests) {
    Map<RequestId, PlainLedger.Bill> bills = log.bills();
    assertEquals(requests, bills.size());
    bills.forEach((request, bill) -> assertEquals(10, bill.completion(), request::toString));
    Map<String, Long> sums = new HashMap<>();
    for (LedgerEntry entry : log.entries()) {
      sums.merge("acme/" + entry.context().session(), entry.usage().completion(), Long::sum);
    }
    Map<String, Long> totals = new HashMap<>();
    log.totals().forEach((key, usage) -> totals.put(key, usage.usage().completion()));
    assertEquals(sums, totals);
  }

  static long requests(Map<String, SessionUsage> totals) {
    return List.copyOf(totals.values()).stream().mapToLong(SessionUsage::requests).sum();
  }
}
