package io.anyserve.standalone.simulation;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What must hold when a run is over. Every check throws {@link RuleViolation}. */
record Verdicts(TokenTopicModel log, Map<Order, Agreement> agreements, Rules rules) {

  void check(
      List<StreamReader> readers,
      LiveCallers callers,
      List<LedgerEntry> ledger,
      List<RequestResult> results) {
    agreements.forEach(this::ended);
    for (StreamReader reader : readers) {
      require(reader.ended(), reader.name(), "no end", "one");
    }
    same("callers of the ingress that heard an end", callers.ended(), agreements.size());
    same("ledger lines", ledger.size(), agreements.size());
    agreements.forEach(
        (order, agreement) -> {
          line(order, agreement, only(ledger, LedgerEntry::request, order));
          result(order, agreement, results);
        });
  }

  /** With one terminal event that counts, and the text that an undisturbed worker would write. */
  private void ended(Order order, Agreement agreement) {
    Ending ending = agreement.ending();
    require(ending != null, order.id() + ": end", "none", "one");
    int most = Math.min(order.chunks(), agreement.delivered());
    int chunks = Ending.FINISHED.equals(ending) ? order.chunks() : most;
    same(order.id() + ": chunks", agreement.delivered(), chunks);
    same(order.id() + ": text", agreement.text(), order.text(0, chunks));
    require(
        rules.workersFail() || !Ending.of(FailureCode.ATTEMPTS_EXHAUSTED).equals(ending),
        order.id() + ": end",
        ending,
        "no failure where nothing failed");
    require(
        !order.poison() || !Ending.FINISHED.equals(ending), order.id() + ": end", ending, "none");
  }

  private void line(Order order, Agreement agreement, LedgerEntry line) {
    same(order.id() + ": tokens billed", line.usage().completion(), agreement.tokens());
    same(order.id() + ": chunks billed", line.chunks(), agreement.delivered());
    Stream stream = stream(order);
    Terminal end = stream.end();
    same(order.id() + ": outcome billed", line.outcome(), end.outcome());
    same(order.id() + ": code billed", line.code(), code(end));
    same(order.id() + ": attempts billed", line.servedBy().attempts(), stream.attempts());
    same(order.id() + ": worker billed", line.servedBy().worker(), stream.worker());
    same(order.id() + ": context billed", line.context(), order.context());
    same(order.id() + ": usage told", stream.settled().usage(), line.usage());
    if (!stream.beganAnew()) {
      same(order.id() + ": usage claimed", end.usage(), line.usage());
    }
  }

  private static String code(Terminal end) {
    return end instanceof Failed failed ? failed.failure().code().name() : "";
  }

  private void result(Order order, Agreement agreement, List<RequestResult> results) {
    long found = results.stream().filter(result -> result.request().equals(order.id())).count();
    same(order.id() + ": results", found, order.context().asynchronous() ? 1 : 0);
    if (found == 1) {
      Terminal told = only(results, RequestResult::request, order).outcome();
      same(order.id() + ": result", told, stream(order).settled());
      require(
          !(told instanceof Finished finished)
              || finished.output().toString().contains(agreement.text()),
          order.id() + ": output",
          told,
          agreement.text());
    }
  }

  /**
   * What the log says of one request.
   *
   * @param end the one terminal event that counts
   * @param settled the same with the counts that every reader has
   * @param beganAnew the run that ended it came behind another one with the same attempt, which may
   *     have written something since it read back, if it did so at all
   */
  private record Stream(
      Terminal end, Terminal settled, int attempts, String worker, boolean beganAnew) {}

  private Stream stream(Order order) {
    FencedStream progress = new FencedStream();
    String worker = "";
    boolean beganAnew = false;
    for (long offset = 0; offset < log.end(); offset++) {
      TokenRecord record = log.at(offset).record();
      int before = progress.attempt();
      if (record.request().equals(order.id()) && progress.apply(record) == Verdict.ACCEPTED) {
        if (record.event() instanceof Terminal end) {
          Terminal settled = progress.settle(end);
          return new Stream(end, settled, progress.attempt(), worker, beganAnew);
        }
        if (record.event() instanceof Started started) {
          worker = started.worker().value();
          beganAnew = record.attempt() == before;
        }
      }
    }
    throw new RuleViolation(order.id() + ": no terminal event counts (expected: one)");
  }

  private static <T> T only(List<T> all, Function<T, RequestId> request, Order order) {
    List<T> found = all.stream().filter(one -> request.apply(one).equals(order.id())).toList();
    same(order.id() + ": entries", found.size(), 1);
    return found.getFirst();
  }

  private static void same(String what, @Nullable Object found, Object expected) {
    require(expected.equals(found), what, found, expected);
  }

  private static void same(String what, long found, long expected) {
    require(found == expected, what, found, expected);
  }

  private static void require(boolean held, String what, @Nullable Object found, Object expected) {
    if (!held) {
      throw new RuleViolation(what + ": " + found + " (expected: " + expected + ")");
    }
  }
}
