package io.anyserve.chaos.check;

import io.anyserve.audit.RequestFold;
import io.anyserve.audit.TopicContents;
import io.anyserve.audit.Violation;
import io.anyserve.audit.ViolationType;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether everything that was planted met its fate. Not thread-safe. */
final class PlantedRules {

  private static final Set<FailureCode> REFUSALS =
      EnumSet.of(FailureCode.INVALID_REQUEST, FailureCode.TOO_LARGE);

  private final TopicContents log;
  private final List<Violation> findings = new ArrayList<>();

  private PlantedRules(TopicContents log) {
    this.log = log;
  }

  static List<Violation> findings(List<PlantedRecord> planted, TopicContents log) {
    PlantedRules rules = new PlantedRules(log);
    planted.forEach(rules::check);
    return rules.findings;
  }

  private void check(PlantedRecord planted) {
    switch (planted) {
      case PlantedRecord.Unreadable(TopicOffset at) -> explained(at);
      case PlantedRecord.Refused(TopicOffset at, RequestId id) -> {
        explained(at);
        failed(id, log.results(id), REFUSALS);
        nothingRan(id);
      }
      case PlantedRecord.Uncommitted(RequestId id) -> nothingHappened(id);
      case PlantedRecord.Repeated(RequestId id, TenantId tenant, int results) ->
          same(id, resultsOf(id, tenant), results);
      case PlantedRecord.Conflicting(RequestId id, TenantId tenant) -> {
        failed(id, resultsOf(id, tenant), EnumSet.of(FailureCode.IDEMPOTENCY_CONFLICT));
        notBilledTo(tenant, id);
      }
    }
  }

  private void explained(TopicOffset at) {
    if (!log.explained(at)) {
      found(
          ViolationType.UNEXPLAINED,
          "malformed record %s-%d@%d: nothing in dlq"
              .formatted(at.topic(), at.partition(), at.offset()));
    }
  }

  private void failed(RequestId id, List<RequestResult> results, Set<FailureCode> codes) {
    if (results.isEmpty()) {
      found(
          ViolationType.LOST,
          id + " was planted and has no result (expected: failed, " + codes + ")");
    }
    results.stream()
        .map(RequestResult::outcome)
        .filter(outcome -> !failed(outcome, codes))
        .forEach(
            outcome ->
                found(
                    ViolationType.WRONG,
                    id + " was planted, its result is " + outcome + " (expected: " + codes + ")"));
  }

  private static boolean failed(Terminal outcome, Set<FailureCode> codes) {
    return outcome instanceof Failed failed && codes.contains(failed.failure().code());
  }

  private void nothingRan(RequestId id) {
    @Nullable RequestFold fold = log.requests().get(id);
    if (fold != null && fold.begin().isPresent()) {
      found(ViolationType.WRONG, id + " was planted and ran: " + fold.history());
    }
    long billed = log.lines(id).stream().mapToLong(entry -> entry.usage().completion()).sum();
    if (billed > 0) {
      findings.add(
          new Violation(
              ViolationType.DRIFT,
              Violation.PLANTED,
              id + " was planted and is billed: " + billed,
              billed));
    }
  }

  private void nothingHappened(RequestId id) {
    if (log.requests().containsKey(id) || !log.results(id).isEmpty() || !log.lines(id).isEmpty()) {
      found(ViolationType.WRONG, id + " was taken although its transaction was not committed");
    }
  }

  private void same(RequestId id, List<RequestResult> results, int expected) {
    if (results.size() < expected) {
      found(
          ViolationType.LOST,
          "%s was submitted twice: %d results (expected: %d)"
              .formatted(id, results.size(), expected));
    }
    if (results.stream().map(RequestResult::outcome).distinct().count() > 1) {
      found(ViolationType.WRONG, id + " was submitted twice and has different results");
    }
  }

  private void notBilledTo(TenantId tenant, RequestId id) {
    if (log.lines(id).stream().anyMatch(entry -> entry.context().tenant().equals(tenant))) {
      found(ViolationType.DRIFT, id + " is billed to " + tenant + ", who only used its id");
    }
  }

  private List<RequestResult> resultsOf(RequestId id, TenantId tenant) {
    return log.results(id).stream()
        .filter(result -> result.context().tenant().equals(tenant))
        .toList();
  }

  private void found(ViolationType harm, String what) {
    findings.add(Violation.of(harm, Violation.PLANTED, what));
  }
}
