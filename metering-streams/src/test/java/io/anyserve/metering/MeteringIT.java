package io.anyserve.metering;

import static io.anyserve.metering.MeteringFixture.ACME;
import static io.anyserve.metering.MeteringFixture.SOON;
import static io.anyserve.metering.MeteringFixture.requests;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.metering.store.UsageListener;
import io.anyserve.runtime.Health;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class MeteringIT {

  private static final SessionId S1 = new SessionId("s1");

  private static EmbeddedBroker broker;

  private final MeteringFixture fixture;

  MeteringIT(@TempDir Path directory, TestInfo info) {
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
  void sessionsAddUpOverPartitionsAndRestarts() throws Exception {
    try (LedgerLog log = new LedgerLog(fixture.kafka, fixture.topics)) {
      Tokens open = Tokens.of(100);
      try (Metering metering = fixture.metering(InstantSource.system())) {
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
      try (Metering metering = fixture.metering(InstantSource.system())) {
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
          new PlainLedger.Bill(Outcome.FINISHED, Tokens.PROMPT, 11, 2, 1),
          log.bills().get(open.request()));
    }
  }

  @Test
  void garbageGoesToTheDeadLettersAndThePartitionGoesOn() throws Exception {
    Tokens request = Tokens.of(1);
    byte[] garbage = {(byte) 0xFF, 0, 1};
    try (LedgerLog log = new LedgerLog(fixture.kafka, fixture.topics);
        Metering metering = fixture.metering(InstantSource.system())) {
      metering.start();
      log.write(1, request.started(1, 1));
      log.writeBytes(1, garbage, garbage);
      log.writeBytes(1, null, null);
      log.writeBytes(1, request.request().bytes(), new byte[0]);
      log.writeBytes(1, new byte[500_000], new byte[500_000]);
      log.write(1, request.finished(1, 1, 0));
      await().atMost(SOON).until(() -> log.deadLetters().size() == 4);
      await().atMost(SOON).until(() -> log.entries().size() == 1);
      ConsumerRecord<byte[], byte[]> deadLetter = log.deadLetters().getFirst();
      assertArrayEquals(garbage, deadLetter.value());
      assertArrayEquals(
          "1".getBytes(java.nio.charset.StandardCharsets.UTF_8),
          deadLetter.headers().lastHeader("__streams.errors.partition").value());
    }
  }

  @Test
  void withoutTopicsItSaysWhatIsMissingAndStartsOnceTheyAreThere() throws Exception {
    try (Metering metering = fixture.metering(InstantSource.system())) {
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
                      && why.contains(fixture.topics.tokens()));
      try (LedgerLog log = new LedgerLog(fixture.kafka, fixture.topics)) {
        log.write(0, Tokens.of(1).started(1, 1), Tokens.of(1).finished(1, 1, 0));
        await().atMost(SOON).until(() -> log.entries().size() == 1);
      }
    }
  }

  @Test
  void aWatcherSeesTheChange() throws Exception {
    var seen = new java.util.concurrent.LinkedBlockingQueue<SessionUsage>();
    try (LedgerLog log = new LedgerLog(fixture.kafka, fixture.topics);
        Metering metering = fixture.metering(InstantSource.system())) {
      metering.start();
      try (var _ = metering.watch(new SessionsSeen(seen))) {
        log.write(2, Tokens.of(1).refused());
        SessionUsage usage = seen.poll(90, java.util.concurrent.TimeUnit.SECONDS);
        assertEquals(1, usage.failed());
      }
    }
  }

  private record SessionsSeen(Queue<SessionUsage> seen) implements UsageListener {

    @Override
    public void session(SessionUsage usage) {
      seen.add(usage);
    }
  }
}
