package io.anyserve.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.audit.Violation;
import io.anyserve.audit.ViolationType;
import io.anyserve.chaos.FaultReport.Row;
import io.anyserve.chaos.client.ClientObservation;
import io.anyserve.contracts.RequestId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FaultReportTest {

  private static final Backlog GONE = new Backlog(4, 9, 2_000_000_100L, true);

  private static final List<Injection> INJECTIONS =
      List.of(
          new Injection(FaultKind.WORKER_KILL, "worker-1", 100, 200, 300, 4, List.of(), GONE),
          new Injection(FaultKind.MALFORMED, "every topic", 500, 600, 700, 2, List.of(), GONE));

  private static final List<ClientObservation> SEEN = List.of(seen(0, 150, 160), seen(1, 550, 560));

  @Test
  void aFindingCountsForTheFaultsThatCameWhileItsRequestLived() {
    List<Row> rows =
        attribution(
                new Violation(ViolationType.LOST, 0, "lost", 1),
                new Violation(ViolationType.DRIFT, 1, "drifted", 12),
                new Violation(ViolationType.UNEXPLAINED, Violation.PLANTED, "silence", 1))
            .rows();

    assertEquals(List.of("worker-kill", "malformed"), rows.stream().map(Row::fault).toList());
    assertEquals(1, rows.getFirst().lost());
    assertEquals(0, rows.getFirst().drift());
    assertEquals(4, rows.getFirst().inFlight());
    assertEquals(1, rows.getLast().lost());
    assertEquals(12, rows.getLast().drift());
  }

  @Test
  void aBacklogIsGoneWithinTwiceTheOutageOrNot() {
    FaultReport report = report(List.of());
    String table = TextReport.of(report);

    assertEquals(2, report.prompt());
    assertTrue(table.contains("backlog gone within twice the outage: after 2 of 4 faults"), table);
    assertTrue(
        table.contains("load: 25.0 requests/s; this machine carried 50.0 before the first fault"),
        table);
    assertEquals(2, report.total().drainedMax());
  }

  @Test
  void theTotalCountsWhatNoFaultExplains() {
    Row total =
        attribution(new Violation(ViolationType.DRIFT, Violation.NOBODY, "a session", 5)).total();

    assertEquals(2, total.injections());
    assertEquals(5, total.drift());
  }

  @Test
  void anythingFoundIsNotClean() {
    assertTrue(report(List.of()).clean());
    assertFalse(report(List.of(new Violation(ViolationType.WRONG, 0, "text", 1))).clean());
  }

  @Test
  void tableAndPageSayWhatWasFound() {
    FaultReport report = report(List.of(new Violation(ViolationType.WRONG, 0, "<b> & co", 1)));

    String table = TextReport.of(report);
    String page = HtmlReport.of(report);

    assertTrue(table.contains("WRONG: <b> & co"), table);
    assertTrue(table.contains("NOT CLEAN"), table);
    assertTrue(table.contains("clock              skipped: no library"), table);
    assertTrue(page.contains("&lt;b&gt; &amp; co"), page);
    assertFalse(page.contains("<script"), page);
    assertFalse(page.contains("http://") || page.contains("https://"), page);
  }

  @Test
  void metricsOfOneNameAddUpOverTheirLabels() {
    String page =
        """
        # HELP a_total x
        a_total{outcome="finished"} 3.0
        a_total{outcome="failed"} 2.0
        a_total_more 9.0
        b 1.0
        """;

    assertEquals(5, MetricsCheck.sum(page, "a_total"));
    assertEquals(1, MetricsCheck.sum(page, "b"));
  }

  private static Attribution attribution(Violation... findings) {
    return new Attribution(INJECTIONS, SEEN, List.of(findings));
  }

  private static FaultReport report(List<Violation> findings) {
    Attribution attribution = new Attribution(INJECTIONS, SEEN, findings);
    return new FaultReport(
        Instant.EPOCH,
        "simulated",
        1,
        10,
        new FaultReport.Offered(25, 50),
        new FaultReport.Counts(2, 2, 2, 0, 0, 0, 0, 0, 2, 0, 0, 6, 6, 6),
        Map.of("UNAVAILABLE", 3L),
        attribution.rows(),
        attribution.total(),
        Map.of("clock", "no library"),
        List.of(
            new FaultReport.Recovery("worker-kill", "worker-1", 4, 4, 9, 7.9),
            new FaultReport.Recovery("worker-kill", "worker-2", 4, 4, 9, 8.1),
            new FaultReport.Recovery("malformed", "every topic", 0.1, 4, 4, 0.3),
            new FaultReport.Recovery("broker-kill", "broker", 4, 4, 90, -1)),
        List.of(),
        findings);
  }

  private static ClientObservation seen(int ask, long begin, long end) {
    return new ClientObservation(
        ask,
        Optional.of(new RequestId(1, ask)),
        ClientObservation.End.FINISHED,
        "",
        "text",
        new ClientObservation.Counts(3, 3, 0, 0, 0),
        begin,
        end);
  }
}
