package io.anyserve.metering;

import static io.anyserve.metering.MeteringFixture.ACME;
import static io.anyserve.metering.MeteringFixture.HERE;
import static io.anyserve.metering.MeteringFixture.SOON;
import static io.anyserve.metering.MeteringFixture.assertEveryEntryIsWhole;
import static io.anyserve.metering.MeteringFixture.requests;
import static io.anyserve.metering.MeteringFixture.windows;
import static io.anyserve.metering.MeteringFixture.windowsOf;
import static io.anyserve.metering.MeteringFixture.writeInterleaved;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class MeteringRecoveryIT {

  private static EmbeddedBroker broker;

  private final MeteringFixture fixture;

  MeteringRecoveryIT(@TempDir Path directory, TestInfo info) {
    this.fixture = new MeteringFixture(broker, directory, info);
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
  void aKilledProcessLeavesNoDoubleEntries() throws Exception {
    int wave = 500;
    int requests = 10 * wave;
    try (LedgerLog log = new LedgerLog(fixture.kafka, fixture.topics)) {
      writeInterleaved(log, 0, wave);
      Path state = fixture.directory.resolve("state");
      Process process = MeteringProcess.start(broker.bootstrapServers(), fixture.topics, state);
      int written = wave;
      try {
        await().atMost(SOON).until(() -> log.end(fixture.topics.usage()) > 0);
        while (log.end(fixture.topics.usage()) < 3L * wave && written < requests) {
          writeInterleaved(log, written, written + wave);
          written += wave;
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
      writeInterleaved(log, written, requests);
      try (Metering metering = fixture.metering(InstantSource.system())) {
        metering.start();
        await().atMost(SOON).until(() -> log.bills().size() == requests);
        await().atMost(SOON).until(() -> requests(log.totals()) == requests);
        await()
            .atMost(SOON)
            .until(() -> PlainAggregates.of(log.entries()).equals(log.aggregates()));
        await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
        await()
            .atMost(SOON)
            .until(() -> windowsOf(log.aggregates(), ACME).equals(windows(metering, ACME)));
      }
      assertEveryEntryIsWhole(log, requests);
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
    try (LedgerLog log = new LedgerLog(fixture.kafka, fixture.topics);
        Metering metering = fixture.metering(faulty)) {
      writeInterleaved(log, 0, requests);
      metering.start();
      await().atMost(SOON).until(() -> calls.get() >= 700);
      await().atMost(SOON).until(() -> log.bills().size() == requests);
      await().atMost(SOON).until(() -> requests(log.totals()) == requests);
      assertEveryEntryIsWhole(log, requests);
      assertTrue(calls.get() > requests, () -> "nothing was done again");
      await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
    }
  }

  @Test
  void whenOneOfTwoInstancesDiesTheOtherHasAllTenants() throws Exception {
    int wave = 400;
    List<TenantId> tenants =
        IntStream.range(0, 8).mapToObj(i -> new TenantId("tenant-" + i)).toList();
    try (LedgerLog log = new LedgerLog(fixture.kafka, fixture.topics, 4);
        Metering metering = fixture.metering(InstantSource.system())) {
      metering.start();
      await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
      Process other =
          MeteringProcess.start(
              broker.bootstrapServers(), fixture.topics, fixture.directory.resolve("other"));
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
        await().atMost(SOON).until(() -> log.end(fixture.topics.usage()) > 0);
      } finally {
        other.destroyForcibly().waitFor();
      }
      writeForTenants(log, tenants, 2 * wave, 3 * wave);
      await().atMost(SOON).until(() -> log.bills().size() == 3 * wave);
      await().atMost(SOON).until(() -> PlainAggregates.of(log.entries()).equals(log.aggregates()));
      await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
      for (TenantId tenant : tenants) {
        assertEquals(log.aggregates().get(tenant.value()), metering.tenant(tenant).orElseThrow());
        assertEquals(windowsOf(log.aggregates(), tenant), windows(metering, tenant));
        assertEquals(Optional.of(HERE), metering.owner(tenant));
      }
    }
  }

  @Test
  void brokenStoresAreRestoredAndDeletedTopicsCountedAnew() throws Exception {
    int requests = 300;
    try (LedgerLog log = new LedgerLog(fixture.kafka, fixture.topics)) {
      writeInterleaved(log, 0, requests);
      try (Metering metering = fixture.metering(InstantSource.system())) {
        metering.start();
        await().atMost(SOON).until(() -> requests(log.totals()) == requests);
      }
      Map<String, Object> aggregates = log.aggregates();
      damage(fixture.directory.resolve("state"));
      try (Metering metering = fixture.metering(InstantSource.system())) {
        metering.start();
        await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
        assertEquals(aggregates.get("acme"), metering.tenant(ACME).orElseThrow());
      }
      deleteInternalTopics();
      delete(fixture.directory.resolve("state"));
      try (Metering metering = fixture.metering(InstantSource.system())) {
        metering.start();
        await().atMost(SOON).until(() -> metering.health() instanceof Health.Up);
        await()
            .atMost(SOON)
            .until(() -> metering.tenant(ACME).equals(Optional.ofNullable(aggregates.get("acme"))));
        await()
            .atMost(SOON)
            .until(() -> PlainAggregates.of(log.entries()).equals(log.aggregates()));
        assertEquals(windowsOf(aggregates, ACME), windows(metering, ACME));
      }
      assertEquals(requests, log.bills().size());
      assertEquals(aggregates, log.aggregates());
    }
  }

  private void deleteInternalTopics() throws Exception {
    try (Admin admin = fixture.kafka.newAdmin("test")) {
      List<String> internal =
          admin.listTopics().names().get().stream()
              .filter(name -> name.startsWith(fixture.topics.prefix() + "metering-"))
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
}
