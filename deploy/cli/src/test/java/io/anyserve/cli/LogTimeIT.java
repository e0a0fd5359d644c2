package io.anyserve.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.RunningServices;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A producer dates its records as it likes. A request that is dated in another year is kept, runs,
 * and is billed when the log took it in: a date of the past, older than the topic's retention, does
 * not make it vanish, and a date of the future does not move its bill.
 */
@Timeout(300)
final class LogTimeIT {

  private static final Capability STORY = new Capability("story");
  private static final TenantId TENANT = new TenantId("default");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices services;

  @SuppressWarnings("NullAway.Init") // before every test
  private static PlainClient kafka;

  @BeforeAll
  static void start() throws Exception {
    services = RunningServices.simulated(folder.resolve("data"));
    kafka = new PlainClient(KafkaClients.of(services.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    kafka.close();
    services.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {-400, 400})
  void aSubmissionIsAnsweredAndBilledAtTheLogsTime(int days) throws Exception {
    RequestId id = kafka.newId();
    String session = "submitted" + days;
    String request =
        "{\"id\":\"%s\",\"tenant\":\"%s\",\"session\":\"%s\",\"capability\":\"story\",\"prompt\":\"Once\",\"max_tokens\":3}"
            .formatted(id, TENANT, session);
    Instant before = now();
    write(PlainClient.TOPICS.intake(), id, request.getBytes(UTF_8), days);

    var result =
        Awaitility.await()
            .atMost(RunningServices.PATIENCE)
            .until(() -> kafka.decodedResults(id), found -> !found.isEmpty())
            .getFirst();
    assertInstanceOf(Finished.class, result.outcome());
    LedgerEntry line = line(session);
    assertEquals(3, line.usage().completion());
    assertWithin(before, line.context().acceptedAt());
    assertTimes(before, line);
  }

  /** As a worker whose clock is wrong writes it. */
  @ParameterizedTest
  @ValueSource(ints = {-400, 400})
  void whatAWorkerWritesIsBilledAtTheLogsTime(int days) throws Exception {
    RequestId id = kafka.newId();
    String session = "written" + days;
    Instant before = now();
    var context =
        new RequestContext(TENANT, new SessionId(session), "", STORY, Map.of(), before, false);
    List<TokenEvent> events =
        List.of(
            new Started(
                context, new WorkerId("late"), STORY, "words", 1, 0, false, Optional.empty()),
            new Chunk(0, TokenIds.of(1), "upon ", Optional.empty()),
            new Finished(
                FinishReason.STOP, new TokenUsage(1, 1, 0), Optional.empty(), Duration.ZERO));
    for (TokenEvent event : events) {
      byte[] value = TokenCodec.encode(new TokenRecord(id, 1, 7, event));
      write(PlainClient.TOPICS.tokens(), id, value, days);
    }

    LedgerEntry line = line(session);
    assertEquals(Outcome.FINISHED, line.outcome());
    assertEquals(1, line.usage().completion());
    assertTimes(before, line);
    assertEquals(
        events,
        kafka.counting(session).values().stream()
            .flatMap(List::stream)
            .map(TokenRecord::event)
            .toList());
  }

  private static void write(String topic, RequestId id, byte[] value, int days) throws Exception {
    long dated = now().plus(Duration.ofDays(days)).toEpochMilli();
    try (var producer = kafka.producer(Map.of())) {
      producer.send(new ProducerRecord<>(topic, 0, dated, id.bytes(), value)).get();
    }
  }

  private static LedgerEntry line(String session) {
    return Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> kafka.lines(session), found -> !found.isEmpty())
        .getFirst();
  }

  private static void assertTimes(Instant before, LedgerEntry line) {
    assertWithin(before, line.times().startedAt().orElseThrow());
    assertWithin(before, line.times().firstTokenAt().orElseThrow());
    assertWithin(before, line.times().endedAt());
  }

  private static void assertWithin(Instant before, Instant time) {
    assertFalse(time.isBefore(before), time + " (expected: not before " + before + ")");
    assertFalse(time.isAfter(now()), time + " (expected: not in the future)");
  }

  /** In the log's unit, milliseconds. */
  private static Instant now() {
    return Instant.ofEpochMilli(System.currentTimeMillis());
  }
}
