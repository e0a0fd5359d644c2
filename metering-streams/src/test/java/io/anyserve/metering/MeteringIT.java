package io.anyserve.metering;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.metering.store.UsageListener;
import io.anyserve.metering.store.UsageStore;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class MeteringIT {

  private static final Duration SOON = Duration.ofSeconds(90);
  private static final TenantId ACME = new TenantId("acme");
  private static final HostInfo HERE = new HostInfo("127.0.0.1", 1);
  private static final SessionId S1 = new SessionId("s1");

  private static EmbeddedBroker broker;

  private final Path directory;
  private final TopicNames topics;
  private final KafkaClients kafka;

  MeteringIT(@TempDir Path directory, TestInfo info) {
    this.directory = directory;
    this.topics =
        new TopicNames(info.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT) + ".");
    this.kafka = KafkaClients.of(broker.bootstrapServers());
  }

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    broker = EmbeddedBroker.start(data, 0);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void sessionsAddUpOverPartitionsAndRestarts() throws Exception {
    try (LedgerLog log = new LedgerLog(kafka, topics)) {
      Tokens open = Tokens.of(100);
      try (Metering metering = metering(InstantSource.system())) {
        metering.start();
        for (int i = 0; i < 30; i++) {
          Tokens request = Tokens.of(i);
          log.write(
              i % LedgerLog.PARTITIONS,
              request.started(1, i),
              request.chunk(1, i, 0, 2),
              request.finished(1, i, 2));
        }
        log.write(0, open.started(1, 1), open.chunk(1, 1, 0, 5));
        await().atMost(SOON).until(() -> requests(log.totals()) == 30);
        await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
        assertEquals(Set.of("acme/s1"), log.totals().keySet());
        assertEquals(60, metering.session(ACME, S1).orElseThrow().usage().completion());
      }
      log.write(0, open.chunk(1, 1, 1, 6), open.finished(1, 1, 11));
      try (Metering metering = metering(InstantSource.system())) {
        metering.start();
        await().atMost(SOON).until(() -> requests(log.totals()) == 31);
        await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
        assertEquals(31, metering.tenant(ACME).map(TenantUsage::totals).orElseThrow().requests());
        assertEquals(List.of(ACME), metering.tenants());
        assertEquals(71, metering.session(ACME, S1).orElseThrow().usage().completion());
        assertEquals(
            List.of(new TokenUsage(31 * Tokens.PROMPT, 71, 31 * 3)),
            log.totals().values().stream().map(SessionUsage::usage).toList());
      }
      assertEquals(31, log.bills().size());
      assertEquals(
          new PlainFold.Bill(Outcome.FINISHED, Tokens.PROMPT, 11, 2, 1),
          log.bills().get(open.request()));
    }
  }

  @Test
  void aKilledProcessLeavesNoDoubleLines() throws Exception {
    int wave = 500;
    int requests = 10 * wave;
    try (LedgerLog log = new LedgerLog(kafka, topics)) {
      writeInterleaved(log, 0, wave);
      Path state = directory.resolve("state");
      Process process = MeteringProcess.start(broker.bootstrapServers(), topics, state);
      int written = wave;
      try {
        await().atMost(SOON).until(() -> log.end(topics.usage()) > 0);
        while (log.end(topics.usage()) < 3L * wave && written < requests) {
          writeInterleaved(log, written, written + wave);
          written += wave;
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
      writeInterleaved(log, written, requests);
      try (Metering metering = metering(InstantSource.system())) {
        metering.start();
        await().atMost(SOON).until(() -> log.bills().size() == requests);
        await().atMost(SOON).until(() -> requests(log.totals()) == requests);
        await().atMost(SOON).until(() -> PlainAccounts.of(log.lines()).equals(log.accounts()));
        await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
        assertEquals(windowsOf(log.accounts(), ACME), windows(metering, ACME));
      }
      assertEveryLineIsWhole(log, requests);
    }
  }

  @Test
  void aFailureInTheMiddleOfATransactionIsUndoneAndDoneAgain() throws Exception {
    int requests = 2_000;
    AtomicInteger calls = new AtomicInteger();
    InstantSource faulty =
        () -> {
          if (calls.incrementAndGet() == 700) {
            throw new IllegalStateException("clock stopped");
          }
          return Instant.now();
        };
    try (LedgerLog log = new LedgerLog(kafka, topics);
        Metering metering = metering(faulty)) {
      writeInterleaved(log, 0, requests);
      metering.start();
      await().atMost(SOON).until(() -> calls.get() >= 700);
      await().atMost(SOON).until(() -> log.bills().size() == requests);
      await().atMost(SOON).until(() -> requests(log.totals()) == requests);
      assertEveryLineIsWhole(log, requests);
      assertTrue(calls.get() > requests, () -> "nothing was done again");
      await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
    }
  }

  @Test
  void garbageGoesToTheDeadLettersAndThePartitionGoesOn() throws Exception {
    Tokens request = Tokens.of(1);
    byte[] garbage = {(byte) 0xFF, 0, 1};
    try (LedgerLog log = new LedgerLog(kafka, topics);
        Metering metering = metering(InstantSource.system())) {
      metering.start();
      log.write(1, request.started(1, 1));
      log.writeBytes(1, garbage, garbage);
      log.writeBytes(1, null, null);
      log.writeBytes(1, request.request().bytes(), new byte[0]);
      log.writeBytes(1, new byte[500_000], new byte[500_000]);
      log.write(1, request.finished(1, 1, 0));
      await().atMost(SOON).until(() -> log.letters().size() == 4);
      await().atMost(SOON).until(() -> log.lines().size() == 1);
      ConsumerRecord<byte[], byte[]> letter = log.letters().getFirst();
      assertArrayEquals(garbage, letter.value());
      assertArrayEquals(
          "1".getBytes(java.nio.charset.StandardCharsets.UTF_8),
          letter.headers().lastHeader("__streams.errors.partition").value());
    }
  }

  @Test
  void withoutTopicsItSaysWhatIsMissingAndStartsOnceTheyAreThere() throws Exception {
    try (Metering metering = metering(InstantSource.system())) {
      assertInstanceOf(Health.Down.class, metering.health());
      var early = assertThrows(FailureException.class, () -> metering.session(ACME, S1));
      assertEquals(FailureCode.STORE_UNAVAILABLE, early.failure().code());
      metering.start();
      await()
          .atMost(SOON)
          .until(
              () ->
                  metering.health() instanceof Health.Down(_, String why)
                      && why.contains("missing")
                      && why.contains(topics.tokens()));
      try (LedgerLog log = new LedgerLog(kafka, topics)) {
        log.write(0, Tokens.of(1).started(1, 1), Tokens.of(1).finished(1, 1, 0));
        await().atMost(SOON).until(() -> log.lines().size() == 1);
      }
    }
  }

  @Test
  void aWatcherSeesTheChange() throws Exception {
    var seen = new java.util.concurrent.LinkedBlockingQueue<SessionUsage>();
    try (LedgerLog log = new LedgerLog(kafka, topics);
        Metering metering = metering(InstantSource.system())) {
      metering.start();
      try (var _ = metering.watch(new SessionsSeen(seen))) {
        log.write(2, Tokens.of(1).refused());
        SessionUsage usage = seen.poll(90, java.util.concurrent.TimeUnit.SECONDS);
        assertEquals(1, usage.failed());
      }
    }
  }

  @Test
  void whenOneOfTwoInstancesDiesTheOtherHasAllTenants() throws Exception {
    int wave = 400;
    List<TenantId> tenants =
        IntStream.range(0, 8).mapToObj(i -> new TenantId("tenant-" + i)).toList();
    try (LedgerLog log = new LedgerLog(kafka, topics, 4);
        Metering metering = metering(InstantSource.system())) {
      metering.start();
      await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
      Process other =
          MeteringProcess.start(broker.bootstrapServers(), topics, directory.resolve("other"));
      try {
        writeForTenants(log, tenants, 0, wave);
        await()
            .atMost(SOON)
            .until(
                () ->
                    metering.health() instanceof Health.Up
                        && metering.instances().size() == 2
                        && ownedElsewhere(metering, tenants) > 0);
        TenantId moved = foreign(metering, tenants);
        var refused = assertThrows(FailureException.class, () -> metering.tenant(moved));
        assertEquals(FailureCode.STORE_UNAVAILABLE, refused.failure().code());
        writeForTenants(log, tenants, wave, 2 * wave);
        await().atMost(SOON).until(() -> log.end(topics.usage()) > 0);
      } finally {
        other.destroyForcibly().waitFor();
      }
      writeForTenants(log, tenants, 2 * wave, 3 * wave);
      await().atMost(SOON).until(() -> log.bills().size() == 3 * wave);
      await().atMost(SOON).until(() -> PlainAccounts.of(log.lines()).equals(log.accounts()));
      await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
      for (TenantId tenant : tenants) {
        assertEquals(log.accounts().get(tenant.value()), metering.tenant(tenant).orElseThrow());
        assertEquals(windowsOf(log.accounts(), tenant), windows(metering, tenant));
        assertEquals(Optional.of(HERE), metering.owner(tenant));
      }
    }
  }

  @Test
  void brokenStoresAreRestoredAndDeletedTopicsCountedAnew() throws Exception {
    int requests = 300;
    try (LedgerLog log = new LedgerLog(kafka, topics)) {
      writeInterleaved(log, 0, requests);
      try (Metering metering = metering(InstantSource.system())) {
        metering.start();
        await().atMost(SOON).until(() -> requests(log.totals()) == requests);
      }
      Map<String, Object> accounts = log.accounts();
      damage(directory.resolve("state"));
      try (Metering metering = metering(InstantSource.system())) {
        metering.start();
        await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
        assertEquals(accounts.get("acme"), metering.tenant(ACME).orElseThrow());
      }
      deleteInternalTopics();
      delete(directory.resolve("state"));
      try (Metering metering = metering(InstantSource.system())) {
        metering.start();
        await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
        await()
            .atMost(SOON)
            .until(() -> metering.tenant(ACME).equals(Optional.ofNullable(accounts.get("acme"))));
        await().atMost(SOON).until(() -> PlainAccounts.of(log.lines()).equals(log.accounts()));
        assertEquals(windowsOf(accounts, ACME), windows(metering, ACME));
      }
      assertEquals(requests, log.bills().size());
      assertEquals(accounts, log.accounts());
    }
  }

  private void deleteInternalTopics() throws Exception {
    try (Admin admin = kafka.newAdmin("test")) {
      List<String> internal =
          admin.listTopics().names().get().stream()
              .filter(name -> name.startsWith(topics.prefix() + "metering-"))
              .toList();
      assertEquals(5, internal.size(), internal::toString);
      admin.deleteTopics(internal).all().get();
    }
  }

  /** As a disk does that loses what it said it wrote. */
  private static void damage(Path state) throws IOException {
    int damaged = 0;
    for (Path file : files(state)) {
      String name = String.valueOf(file.getFileName());
      if (name.startsWith("MANIFEST") || name.endsWith(".sst") || name.equals("CURRENT")) {
        Files.write(file, new byte[] {1, 2, 3});
        damaged++;
      }
    }
    assertTrue(damaged > 3, "nothing to damage");
  }

  private static void delete(Path state) throws IOException {
    for (Path file : files(state)) {
      Files.delete(file);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static long ownedElsewhere(Metering metering, List<TenantId> tenants) {
    return tenants.stream().filter(tenant -> isElsewhere(metering, tenant)).count();
  }

  private static TenantId foreign(Metering metering, List<TenantId> tenants) {
    return tenants.stream()
        .filter(tenant -> isElsewhere(metering, tenant))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isElsewhere(Metering metering, TenantId tenant) {
    return metering.owner(tenant).filter(host -> host.port() == MeteringProcess.PORT).isPresent();
  }

  private static void writeForTenants(LedgerLog log, List<TenantId> tenants, int from, int to) {
    for (int i = from; i < to; i++) {
      Tokens request = Tokens.of(i, tenants.get(i % tenants.size()).value(), "s" + i % 5);
      log.write(
          i % LedgerLog.PARTITIONS,
          request.started(1, i),
          request.chunk(1, i, 0, 10),
          request.finished(1, i, 10));
    }
  }

  private static List<UsageWindow> windows(UsageStore store, TenantId tenant) {
    List<UsageWindow> windows = new ArrayList<>();
    for (WindowGranularity size : WindowGranularity.values()) {
      store.windows(tenant, size, Instant.EPOCH, Instant.MAX, windows::add);
    }
    return windows;
  }

  /** In the order in which the store has them. */
  private static List<UsageWindow> windowsOf(Map<String, Object> accounts, TenantId tenant) {
    return accounts.values().stream()
        .filter(UsageWindow.class::isInstance)
        .map(UsageWindow.class::cast)
        .filter(window -> window.tenant().equals(tenant))
        .sorted(Comparator.comparing(UsageWindow::size))
        .toList();
  }

  private record SessionsSeen(Queue<SessionUsage> seen) implements UsageListener {

    @Override
    public void session(SessionUsage usage) {
      seen.add(usage);
    }
  }

  private Metering metering(InstantSource clock) {
    return new Metering(
        MeteringConfig.of(kafka, topics, directory.resolve("state"), 1)
            .at(HERE.host(), HERE.port()),
        new SimpleMeterRegistry(),
        clock);
  }

  /** Many requests at once, step by step: Started, ten chunks, Finished. */
  private static void writeInterleaved(LedgerLog log, int from, int to) {
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

  private static void assertEveryLineIsWhole(LedgerLog log, int requests) {
    Map<RequestId, PlainFold.Bill> bills = log.bills();
    assertEquals(requests, bills.size());
    bills.forEach((request, bill) -> assertEquals(10, bill.completion(), request::toString));
    Map<String, Long> sums = new HashMap<>();
    for (LedgerEntry line : log.lines()) {
      sums.merge("acme/" + line.context().session(), line.usage().completion(), Long::sum);
    }
    Map<String, Long> totals = new HashMap<>();
    log.totals().forEach((key, usage) -> totals.put(key, usage.usage().completion()));
    assertEquals(sums, totals);
  }

  private static long requests(Map<String, SessionUsage> totals) {
    return List.copyOf(totals.values()).stream().mapToLong(SessionUsage::requests).sum();
  }
}
