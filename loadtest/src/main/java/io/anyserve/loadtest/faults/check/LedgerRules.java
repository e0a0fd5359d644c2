package io.anyserve.loadtest.faults.check;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.UsageLine;
import java.util.List;
import java.util.Map;

/** One end and one ledger line for each request, callers or not. */
final class LedgerRules {

  private final LogContent log;
  private final Map<RequestId, Integer> asks;
  private final List<Finding> findings;

  /**
   * @param asks which request of the load an id is
   */
  LedgerRules(LogContent log, Map<RequestId, Integer> asks, List<Finding> findings) {
    this.log = log;
    this.asks = asks;
    this.findings = findings;
  }

  void check() {
    log.requests().forEach(this::ends);
    log.requests().forEach(this::billed);
    log.lines().keySet().stream()
        .filter(id -> !log.requests().containsKey(id))
        .forEach(id -> drift(id, " is billed and has no event", tokens(id)));
  }

  private void ends(RequestId id, RequestFold fold) {
    if (fold.ends() > 1) {
      harm(Harm.REPEATED, id, " has " + fold.ends() + " terminal events: " + fold.history());
    }
    if (fold.holes() > 0) {
      harm(Harm.LOST, id, ": " + fold.holes() + " chunks came after a hole in the log");
    }
  }

  private void billed(RequestId id, RequestFold fold) {
    List<UsageLine> lines = log.lines(id);
    if (fold.ends() == 0) {
      if (!lines.isEmpty()) {
        drift(id, " is billed before its end", tokens(id));
      }
      return;
    }
    if (lines.isEmpty()) {
      drift(id, " has no ledger line", fold.tokens());
      return;
    }
    if (lines.size() > 1) {
      drift(id, " has " + lines.size() + " ledger lines", tokens(id) - fold.tokens());
    }
    line(id, fold, lines.getFirst());
    long told = fold.end().orElseThrow().usage().completion();
    if (told != fold.tokens()) {
      drift(
          id,
          ": its end says " + told + " tokens, its chunks " + fold.tokens(),
          told - fold.tokens());
    }
  }

  private void line(RequestId id, RequestFold fold, UsageLine line) {
    compare(id, "tokens", line.usage().completion(), fold.tokens());
    compare(id, "prompt tokens", line.usage().prompt(), fold.promptTokens());
    compare(id, "chunks", line.chunks(), fold.chunks());
    compare(id, "cached tokens", line.usage().cached(), cached(fold));
    whose(id, fold, line);
    if (line.outcome() != fold.outcome().orElseThrow()) {
      drift(id, ": billed as " + line.outcome() + " (expected: " + fold.outcome().get() + ")", 0);
    }
  }

  /** As the end says, of the prompt that counts. */
  private static long cached(RequestFold fold) {
    return Math.min(fold.end().orElseThrow().usage().cached(), fold.promptTokens());
  }

  private void whose(RequestId id, RequestFold fold, UsageLine line) {
    fold.context()
        .filter(
            asked ->
                !asked.tenant().equals(line.context().tenant())
                    || !asked.session().equals(line.context().session())
                    || !asked.apiKey().equals(line.context().apiKey()))
        .ifPresent(
            asked ->
                drift(
                    id,
                    ": billed to %s/%s (expected: %s/%s)"
                        .formatted(
                            line.context().tenant(),
                            line.context().session(),
                            asked.tenant(),
                            asked.session()),
                    tokens(id)));
  }

  private void compare(RequestId id, String what, long billed, long counted) {
    if (billed != counted) {
      drift(
          id, ": " + billed + " " + what + " billed (expected: " + counted + ")", billed - counted);
    }
  }

  private long tokens(RequestId id) {
    return log.lines(id).stream().mapToLong(line -> line.usage().completion()).sum();
  }

  private void drift(RequestId id, String what, long amount) {
    findings.add(new Finding(Harm.DRIFT, ask(id), id + what, Math.abs(amount)));
  }

  private void harm(Harm harm, RequestId id, String what) {
    findings.add(Finding.of(harm, ask(id), id + what));
  }

  private int ask(RequestId id) {
    return asks.getOrDefault(id, Finding.NOBODY);
  }
}
