package io.anyserve.chaos.check;

import io.anyserve.audit.RequestFold;
import io.anyserve.audit.TopicContents;
import io.anyserve.audit.Violation;
import io.anyserve.audit.ViolationType;
import io.anyserve.chaos.client.ClientObservation;
import io.anyserve.chaos.client.ExpectedOutput;
import io.anyserve.chaos.client.TestRequest;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What every caller may rely on, checked against the log and the engine's own answer. */
final class ClientInvariants {

  private final CheckInput expectation;
  private final TopicContents log;
  private final List<Violation> findings;
  private final Map<Integer, Set<RequestId>> twins = new HashMap<>();

  ClientInvariants(CheckInput expectation, TopicContents log, List<Violation> findings) {
    this.expectation = expectation;
    this.log = log;
    this.findings = findings;
  }

  void check(ClientObservation seen) {
    if (seen.id().isEmpty()) {
      return;
    }
    RequestId id = seen.id().get();
    TestRequest ask = expectation.plan().apply(seen.ask());
    ExpectedOutput answer = expectation.answers().of(ask.content());
    if (ask.twice()) {
      twins.computeIfAbsent(ask.index(), _ -> new HashSet<>()).add(id);
    }
    sequences(seen, id);
    text(seen, id, answer);
    @Nullable RequestFold fold = log.requests().get(id);
    if (fold == null || fold.ends() == 0) {
      String history = fold == null ? "no event at all" : fold.history();
      harm(ViolationType.LOST, seen, id + " was accepted and has no end: " + history);
      return;
    }
    logged(seen, id, fold, answer);
    if (seen.how() == ClientObservation.End.SUBMITTED) {
      result(seen, id, fold, answer);
    } else {
      agreement(seen, id, fold);
    }
  }

  private void sequences(ClientObservation seen, RequestId id) {
    if (seen.how() == ClientObservation.End.GAVE_UP) {
      harm(ViolationType.LOST, seen, id + " brought its caller no end: " + seen.code());
    }
    if (seen.counts().missing() > 0) {
      harm(
          ViolationType.LOST, seen, id + ": " + seen.counts().missing() + " chunks did not arrive");
    }
    if (seen.counts().repeated() > 0) {
      harm(
          ViolationType.REPEATED,
          seen,
          id + ": " + seen.counts().repeated() + " chunks arrived again");
    }
  }

  /** What arrived is the answer, or its beginning where it was cut. */
  private void text(ClientObservation seen, RequestId id, ExpectedOutput answer) {
    boolean right =
        switch (seen.how()) {
          case FINISHED -> seen.text().equals(answer.text());
          case FAILED, CANCELLED, LEFT, GAVE_UP -> answer.text().startsWith(seen.text());
          case SUBMITTED, REFUSED -> true;
        };
    if (!right) {
      harm(ViolationType.WRONG, seen, id + ": " + difference(seen.text(), answer.text()));
    }
  }

  private void logged(
      ClientObservation seen, RequestId id, RequestFold fold, ExpectedOutput answer) {
    boolean whole = fold.outcome().filter(outcome -> outcome == Outcome.FINISHED).isPresent();
    boolean right =
        whole ? fold.text().equals(answer.text()) : answer.text().startsWith(fold.text());
    if (!right) {
      harm(
          ViolationType.WRONG, seen, id + " in the log: " + difference(fold.text(), answer.text()));
    }
    if (whole && fold.tokens() != answer.tokens()) {
      harm(
          ViolationType.WRONG,
          seen,
          id + ": " + fold.tokens() + " tokens (expected: " + answer.tokens() + ")");
    }
    if (fold.chunks() > 0 && fold.promptTokens() != answer.promptTokens()) {
      harm(
          ViolationType.WRONG,
          seen,
          id
              + ": "
              + fold.promptTokens()
              + " prompt tokens (expected: "
              + answer.promptTokens()
              + ")");
    }
  }

  /** The caller was told the same end as the log has, with the same counts. */
  private void agreement(ClientObservation seen, RequestId id, RequestFold fold) {
    Outcome logged = fold.outcome().orElseThrow();
    boolean agrees =
        switch (seen.how()) {
          case FINISHED -> logged == Outcome.FINISHED;
          case FAILED -> logged == Outcome.FAILED;
          case CANCELLED -> logged == Outcome.CANCELLED;
          case LEFT, GAVE_UP, SUBMITTED, REFUSED -> true;
        };
    if (!agrees) {
      harm(
          ViolationType.WRONG,
          seen,
          id + ": " + seen.how() + " for its caller, " + logged + " in the log");
    }
    long told = seen.counts().told();
    if (agrees && told >= 0 && told != fold.tokens()) {
      findings.add(
          new Violation(
              ViolationType.DRIFT,
              seen.ask(),
              id + ": " + told + " tokens told to its caller, " + fold.tokens() + " in the log",
              Math.abs(told - fold.tokens())));
    }
  }

  private void result(
      ClientObservation seen, RequestId id, RequestFold fold, ExpectedOutput answer) {
    List<RequestResult> results = log.results(id);
    if (results.isEmpty()) {
      harm(ViolationType.LOST, seen, id + " has no result");
      return;
    }
    if (results.size() > 1) {
      harm(ViolationType.REPEATED, seen, id + " has " + results.size() + " results");
    }
    var outcome = results.getFirst().outcome();
    Terminal end = fold.end().orElseThrow().with(fold.usage());
    if (!said(outcome).equals(said(end))) {
      harm(
          ViolationType.WRONG,
          seen,
          id + ": its result is " + outcome + " (expected: " + end + ")");
    }
    if (results.getFirst().servedBy().attempts() != fold.attempts()) {
      harm(ViolationType.WRONG, seen, id + ": its result is another attempt's than the log's");
    }
    RequestFold.output(outcome)
        .filter(text -> !text.equals(answer.text()))
        .ifPresent(
            text ->
                harm(
                    ViolationType.WRONG,
                    seen,
                    id + "'s result: " + difference(text, answer.text())));
  }

  /** What a result says of an end: neither whose it is nor when to come again. */
  private static Terminal said(Terminal end) {
    return switch (end) {
      case Finished finished -> finished;
      case Failed(Failure failure, TokenUsage usage, _) ->
          new Failed(new Failure(failure.code(), failure.message()), usage, Optional.empty());
      case Cancelled(CancelReason reason, TokenUsage usage, _) ->
          new Cancelled(reason, usage, Optional.empty());
    };
  }

  /** One key, one request: both submissions got the same. */
  void checkTwins() {
    twins.forEach(
        (ask, ids) -> {
          if (ids.size() > 1) {
            findings.add(
                Violation.of(ViolationType.REPEATED, ask, "one idempotency key ran as " + ids));
          }
        });
  }

  private void harm(ViolationType harm, ClientObservation seen, String what) {
    findings.add(Violation.of(harm, seen.ask(), what));
  }

  private static String difference(String found, String expected) {
    int same = 0;
    int most = Math.min(found.length(), expected.length());
    while (same < most && found.charAt(same) == expected.charAt(same)) {
      same++;
    }
    return "text differs at %d: \"%s\" (expected: \"%s\")"
        .formatted(same, excerpt(found, same), excerpt(expected, same));
  }

  private static String excerpt(String text, int from) {
    return text.substring(from, Math.min(text.length(), from + 24));
  }
}
