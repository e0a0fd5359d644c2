package io.anyserve.audit;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One ledger line for each request that ended, callers or not; and in every field that both have,
 * the line says what the log and the end say. Of a request's ends only the first counts: that no
 * service writes a second one is a rule of its own.
 */
public final class LedgerInvariants {

  private final TopicContents log;
  private final Map<RequestId, Integer> asks;
  private final List<Violation> findings;

  /**
   * @param asks which request of the load an id is, or {@link Violation#PLANTED}
   */
  public LedgerInvariants(
      TopicContents log, Map<RequestId, Integer> asks, List<Violation> findings) {
    this.log = log;
    this.asks = asks;
    this.findings = findings;
  }

  public void check() {
    log.requests().forEach(this::holes);
    log.requests().forEach(this::billed);
    log.lines().keySet().stream()
        .filter(id -> !log.requests().containsKey(id))
        .forEach(id -> drift(id, " is billed and has no event", tokens(id)));
  }

  /** Holds where nobody but the services writes events: who else may can repeat an end. */
  public void checkEnds() {
    log.requests()
        .forEach(
            (id, fold) -> {
              if (fold.ends() > 1) {
                harm(
                    ViolationType.REPEATED,
                    id,
                    " has " + fold.ends() + " terminal events: " + fold.history());
              }
            });
  }

  private void holes(RequestId id, RequestFold fold) {
    if (fold.holes() > 0) {
      harm(ViolationType.LOST, id, ": " + fold.holes() + " chunks came after a hole in the log");
    }
  }

  /** An end that no attempt began and that says nothing of who asked is nobody's request. */
  private void billed(RequestId id, RequestFold fold) {
    List<LedgerEntry> lines = log.lines(id);
    if (fold.ends() == 0) {
      if (!lines.isEmpty()) {
        drift(id, " is billed before its end", tokens(id));
      }
      return;
    }
    if (lines.isEmpty()) {
      if (fold.context().isPresent()) {
        drift(id, " has no ledger line", fold.tokens());
      }
      return;
    }
    if (lines.size() > 1) {
      drift(id, " has " + lines.size() + " ledger lines", tokens(id) - fold.tokens());
    }
    LedgerEntry entry = lines.getFirst();
    Terminal end = fold.end().orElseThrow();
    counts(id, fold, entry);
    servedBy(id, fold, entry);
    same(id, "context", entry.context(), fold.context().orElse(entry.context()));
    same(id, "outcome", entry.outcome(), end.outcome());
    same(id, "code", entry.code(), code(end));
    same(id, "engine time", entry.engineTime(), end.engineTime());
    claimed(id, fold, entry, end.usage());
  }

  private void counts(RequestId id, RequestFold fold, LedgerEntry entry) {
    TokenUsage counted = fold.usage();
    compare(id, "tokens", entry.usage().completion(), counted.completion());
    compare(id, "prompt tokens", entry.usage().prompt(), counted.prompt());
    compare(id, "cached tokens", entry.usage().cached(), counted.cached());
    compare(id, "chunks", entry.chunks(), fold.chunks());
  }

  private void servedBy(RequestId id, RequestFold fold, LedgerEntry entry) {
    ServedBy by = entry.servedBy();
    Optional<Started> begin = fold.begin();
    same(id, "attempts", by.attempts(), fold.attempts());
    same(id, "capability", by.capability(), begin.map(it -> it.capability().value()).orElse(""));
    same(id, "model", by.model(), begin.map(Started::model).orElse(""));
    same(id, "worker", by.worker(), begin.map(it -> it.worker().value()).orElse(""));
    same(id, "delegated", by.delegated(), begin.map(Started::delegated).orElse(false));
  }

  private static String code(Terminal end) {
    return end instanceof Failed failed ? failed.failure().code().name() : "";
  }

  /** An execution that did not read what others wrote before it cannot claim it. */
  private void claimed(RequestId id, RequestFold fold, LedgerEntry entry, TokenUsage claimed) {
    if (!fold.beganAnew()) {
      claimed(id, "tokens", claimed.completion(), entry.usage().completion());
      claimed(id, "prompt tokens", claimed.prompt(), entry.usage().prompt());
      claimed(id, "cached tokens", claimed.cached(), entry.usage().cached());
    }
  }

  private void claimed(RequestId id, String what, long claimed, long billed) {
    if (claimed != billed) {
      drift(
          id,
          ": its end says %d %s, billed are %d".formatted(claimed, what, billed),
          claimed - billed);
    }
  }

  private void same(RequestId id, String what, Object billed, Object logged) {
    if (!billed.equals(logged)) {
      drift(id, ": %s billed as %s (expected: %s)".formatted(what, billed, logged), 0);
    }
  }

  private void compare(RequestId id, String what, long billed, long counted) {
    if (billed != counted) {
      drift(
          id, ": " + billed + " " + what + " billed (expected: " + counted + ")", billed - counted);
    }
  }

  private long tokens(RequestId id) {
    return log.lines(id).stream().mapToLong(entry -> entry.usage().completion()).sum();
  }

  private void drift(RequestId id, String what, long amount) {
    findings.add(new Violation(ViolationType.DRIFT, ask(id), id + what, Math.abs(amount)));
  }

  private void harm(ViolationType harm, RequestId id, String what) {
    findings.add(Violation.of(harm, ask(id), id + what));
  }

  private int ask(RequestId id) {
    return asks.getOrDefault(id, Violation.NOBODY);
  }
}
