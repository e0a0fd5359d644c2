package io.anyserve.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An altered record in any of the topics is found, on a real broker. */
@Timeout(240)
final class LedgerAuditIT {

  private static EmbeddedBroker broker;

  private final KafkaClients kafka;
  private final TopicNames topics;
  private final WrittenLedger ledger;

  LedgerAuditIT(TestInfo info) throws Exception {
    kafka = KafkaClients.of(broker.bootstrapServers());
    topics =
        new TopicNames(info.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT) + ".");
    ledger = new WrittenLedger(kafka, topics);
    for (int i = 0; i < 6; i++) {
      ledger.bill(ledger.request(i, 10 + i));
    }
    ledger.sums();
  }

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    broker = EmbeddedBroker.start(data, 0);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void whatAddsUpAgrees() {
    AuditReport report = audit();

    assertEquals(List.of(), report.differences());
    assertEquals(new AuditReport.Row("requests", 6, 0, 0), report.rows().getFirst());
    assertEquals(new AuditReport.Row("sessions", 2, 0, 0), report.rows().get(1));
    assertEquals(new AuditReport.Row("tenants", 1, 0, 0), report.rows().get(2));
    assertTrue(report.rows().get(3).compared() >= 3 * 4, report.toString());
  }

  @Test
  void aLineWithAnotherCountIsFound() {
    LedgerEntry line = ledger.request(100, 10);
    ledger.bill(with(line, new TokenUsage(WrittenLedger.PROMPT, 11, 0)));
    ledger.sums();

    found("11 tokens billed (expected: 10)");
  }

  @Test
  void aRequestWithoutALineIsFound() {
    ledger.request(100, 10);

    found("has no ledger line");
  }

  @Test
  void aLineWithoutARequestIsFound() {
    LedgerEntry line = ledger.request(100, 10);
    ledger.bill(line);
    ledger.bill(withId(line));
    ledger.sums();

    found("is billed and has no event");
  }

  @Test
  void anAlteredSessionIsFound() {
    LedgerEntry more = ledger.request(100, 10);
    ledger.session(ledger.session("s0").plus(more));
    ledger.line(more);

    List<String> differences = audit().differences();
    assertTrue(
        differences.stream().noneMatch(text -> text.startsWith("session")), differences::toString);
    var usage = ledger.session("s1");
    ledger.session(
        new io.anyserve.contracts.event.SessionUsage(
            usage.tenant(),
            usage.session(),
            usage.finished(),
            usage.failed(),
            usage.cancelled(),
            usage.usage().plus(new TokenUsage(0, 1, 0)),
            usage.chunks(),
            usage.firstAt(),
            usage.lastAt()));
    found("session acme/s1: completion tokens: ");
  }

  @Test
  void anAlteredTenantIsFound() {
    AggregateKey acme = new AggregateKey.OfTenant(WrittenLedger.ACME);
    ledger.sum(acme, dearer(ledger.total(acme)));

    found("tenant acme: cost micros: 103 (expected: 102)");
  }

  @Test
  void anAlteredWindowIsFound() {
    AggregateKey window = ledger.aWindow();
    ledger.sum(window, dearer(ledger.total(window)));

    found(window + ": cost micros: ");
  }

  @Test
  void aLineThatWasDerivedAgainCountsOnce() {
    LedgerEntry line = ledger.request(100, 10);
    ledger.bill(line);
    ledger.line(line);
    ledger.sums();

    AuditReport report = audit();
    assertEquals(List.of(), report.differences());
    assertEquals(1, report.repeated());
  }

  @Test
  void anEndThatIsWrittenAgainIsNoDifference() {
    LedgerEntry line = ledger.request(100, 10);
    ledger.bill(line);
    ledger.sums();
    ledger.endAgain(line);

    assertEquals(List.of(), audit().differences());
  }

  @Test
  void whatTokensNoLongerHoldIsLeftOut() throws Exception {
    try (var admin = kafka.newAdmin("test")) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(topics.tokens(), 0), RecordsToDelete.beforeOffset(4),
                  new TopicPartition(topics.tokens(), 1), RecordsToDelete.beforeOffset(9)))
          .all()
          .get();
    }
    AuditReport report = audit();

    assertEquals(List.of(), report.differences());
    assertTrue(report.rows().getFirst().unknown() >= 5, report.toString());
    assertEquals(new AuditReport.Row("tenants", 1, 0, 0), report.rows().get(2));
  }

  private void found(String what) {
    List<String> differences = audit().differences();
    assertTrue(differences.stream().anyMatch(text -> text.contains(what)), differences::toString);
  }

  private AuditReport audit() {
    var range =
        new LedgerAudit.Range(
            Instant.now().minus(Duration.ofHours(1)), Instant.now().plus(Duration.ofHours(1)));
    InstantSource later = () -> Instant.now().plus(Duration.ofMinutes(1));
    try (LedgerAudit audit = new LedgerAudit(kafka, topics, range, later, System::nanoTime)) {
      return audit.audit(Duration.ofMillis(500));
    }
  }

  private static UsageTotals dearer(UsageTotals totals) {
    return new UsageTotals(
        totals.finished(),
        totals.failed(),
        totals.cancelled(),
        totals.usage(),
        totals.chunks(),
        totals.volume(),
        totals.engineTime(),
        totals.costMicros() + 1,
        totals.unpriced(),
        totals.firstToken(),
        totals.duration());
  }

  private static LedgerEntry with(LedgerEntry line, TokenUsage usage) {
    return new LedgerEntry(
        line.request(),
        line.context(),
        line.servedBy(),
        Outcome.FINISHED,
        line.code(),
        usage,
        line.chunks(),
        line.volume(),
        line.engineTime(),
        line.times(),
        line.cost(),
        line.source());
  }

  /** Of another request, one offset later. */
  private static LedgerEntry withId(LedgerEntry line) {
    return new LedgerEntry(
        new io.anyserve.contracts.RequestId(4, 1),
        line.context(),
        line.servedBy(),
        line.outcome(),
        line.code(),
        line.usage(),
        line.chunks(),
        line.volume(),
        line.engineTime(),
        line.times(),
        line.cost(),
        line.source()
            .map(
                source ->
                    new TopicOffset(source.topic(), source.partition(), source.offset() + 1)));
  }
}
