package io.anyserve.chaos.check;

import io.anyserve.audit.LedgerInvariants;
import io.anyserve.audit.RequestFold;
import io.anyserve.audit.TopicContents;
import io.anyserve.audit.Violation;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** Compares what callers saw, what the log holds and what the engine would have written. */
public final class Checker {

  private final CheckInput expectation;
  private final TopicContents log;
  private final List<Violation> findings = new ArrayList<>();

  Checker(CheckInput expectation, TopicContents log) {
    this.expectation = expectation;
    this.log = log;
  }

  /** Reads the topics wholly, waits until they are settled, and checks. */
  public static CheckResult check(
      CheckInput expectation,
      KafkaClients kafka,
      TopicNames topics,
      Duration patience,
      LongSupplier nanos) {
    TopicContents content = new TopicContents();
    try (TopicContentsLoader reading = new TopicContentsLoader(kafka, topics, content, nanos)) {
      reading.settle(
          expectation.seen().stream().flatMap(seen -> seen.id().stream()).toList(),
          expectation.planted(),
          patience);
    }
    return new Checker(expectation, content).verdict();
  }

  CheckResult verdict() {
    Map<RequestId, Integer> asks = new HashMap<>();
    expectation.seen().forEach(seen -> seen.id().ifPresent(id -> asks.put(id, seen.ask())));
    var callers = new ClientInvariants(expectation, log, findings);
    expectation.seen().forEach(callers::check);
    callers.checkTwins();
    Map<RequestId, Integer> named = new HashMap<>(asks);
    expectation.planted().stream()
        .flatMap(planted -> planted.request().stream())
        .forEach(id -> named.put(id, Violation.PLANTED));
    LedgerInvariants ledger = new LedgerInvariants(log, named, findings);
    ledger.checkEnds();
    ledger.check();
    findings.addAll(log.sumFindings());
    findings.addAll(PlantedRules.findings(expectation.planted(), log));
    return verdict(asks);
  }

  private CheckResult verdict(Map<RequestId, Integer> asks) {
    Set<RequestId> unclaimed = new HashSet<>(log.requests().keySet());
    unclaimed.removeAll(asks.keySet());
    long unended = unclaimed.stream().filter(id -> ends(id) == 0).count();
    long billed =
        log.lines().values().stream()
            .flatMap(List::stream)
            .mapToLong(entry -> entry.usage().completion())
            .sum();
    return new CheckResult(
        findings,
        asks.size(),
        log.ended(),
        unclaimed.size(),
        unended,
        log.requests().values().stream().filter(RequestFold::again).count(),
        log.requests().values().stream().mapToLong(RequestFold::chunks).sum(),
        log.requests().values().stream().mapToLong(RequestFold::tokens).sum(),
        billed);
  }

  private int ends(RequestId id) {
    RequestFold fold = log.requests().get(id);
    return fold == null ? 0 : fold.ends();
  }
}
