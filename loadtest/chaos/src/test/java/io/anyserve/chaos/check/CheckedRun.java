package io.anyserve.chaos.check;

import io.anyserve.audit.AggregateKey;
import io.anyserve.audit.NamedAmounts;
import io.anyserve.audit.PublishedAggregates;
import io.anyserve.audit.TopicContents;
import io.anyserve.chaos.client.ClientObservation;
import io.anyserve.chaos.client.ExpectedOutput;
import io.anyserve.chaos.client.WorkloadGenerator;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A run as it would lie in the log and in the callers' memory, written by hand. */
public final class CheckedRun {

  static final long RUN = 5;
  static final long PROMPT = 4;

  private static final WorkloadGenerator PLAN =
      new WorkloadGenerator(3, Integer.MAX_VALUE, false, 2);
  private static final Instant AT = Instant.ofEpochSecond(1_700_000_000);

  private final TopicContents log = new TopicContents();
  private final List<ClientObservation> seen = new ArrayList<>();
  private List<PlantedRecord> planted = List.of();

  public TopicContents log() {
    return log;
  }

  CheckResult verdict() {
    return new Checker(
            new CheckInput(PLAN::at, content -> answer(content.seed()), seen, planted), log)
        .verdict();
  }

  ExpectedOutput answer(int ask) {
    return answer(PLAN.at(ask).content().seed());
  }

  private static ExpectedOutput answer(long seed) {
    return new ExpectedOutput("answer " + Long.toHexString(seed), PROMPT, 3);
  }

  public static RequestId id(int ask) {
    return new RequestId(1, ask);
  }

  static RequestId otherId(int ask) {
    return new RequestId(2, ask);
  }

  int askThatGoesInTwice() {
    return IntStream.range(0, 1000).filter(ask -> PLAN.at(ask).twice()).findFirst().orElseThrow();
  }

  public void finished(int ask) {
    finished(ask, ClientObservation.End.FINISHED, answer(ask).text(), 0, 0);
  }

  public void finished(
      int ask, ClientObservation.End how, String text, int repeated, long missing) {
    logged(ask, answer(ask).text());
    saw(ask, how, text, repeated, missing);
  }

  void finishedAs(int ask, RequestId id) {
    logged(id, ask, answer(ask).text(), false);
    billed(id, ask, usage(ask));
    saw(ask, id, ClientObservation.End.FINISHED, answer(ask).text(), 0, 0);
  }

  /** In the log and billed. */
  void logged(int ask, String text) {
    logged(id(ask), ask, text, false);
    billed(ask, usage(ask));
  }

  void finishedButBilled(int ask, TokenUsage usage) {
    logged(id(ask), ask, answer(ask).text(), false);
    billed(ask, usage);
    saw(ask, ClientObservation.End.FINISHED, answer(ask).text(), 0, 0);
  }

  void unbilled(int ask) {
    logged(id(ask), ask, answer(ask).text(), false);
    saw(ask, ClientObservation.End.FINISHED, answer(ask).text(), 0, 0);
  }

  /** A second worker goes on behind the first one's first chunk. */
  void takenOver(int ask) {
    String text = answer(ask).text();
    event(ask, 1, RUN, started(ask));
    event(ask, 1, RUN, chunkOf(text.substring(0, 2), 0));
    event(ask, 2, 6, started(ask));
    event(ask, 1, RUN, chunkOf("void", 1));
    event(ask, 2, 6, chunkOf(text.substring(2, 4), 1));
    event(ask, 2, 6, chunkOf(text.substring(4), 2));
    event(ask, 1, RUN, end(2));
    event(ask, 2, 6, end(3));
    bill(bill(ask).by(new ServedBy("story", "m", "w", 2, false)));
    saw(ask, ClientObservation.End.FINISHED, text, 0, 0);
  }

  void submitted(int ask) {
    submittedWithoutResult(ask);
    result(ask);
  }

  void submittedWithoutResult(int ask) {
    logged(id(ask), ask, answer(ask).text(), true);
    billed(ask, usage(ask));
    seen.add(
        new ClientObservation(
            ask,
            Optional.of(id(ask)),
            ClientObservation.End.SUBMITTED,
            "",
            "",
            new ClientObservation.Counts(0, -1, 0, 0, 0),
            1,
            2));
  }

  void result(int ask) {
    result(ask, usage(ask));
  }

  void result(int ask, TokenUsage usage) {
    log.add(
        new RequestResult(
            id(ask),
            context(ask),
            new Finished(
                FinishReason.STOP,
                usage,
                Optional.of(new Payload.Text(answer(ask).text())),
                Duration.ZERO),
            servedBy()));
  }

  void saw(int ask, ClientObservation.End how, String text, int repeated, long missing) {
    saw(ask, id(ask), how, text, repeated, missing);
  }

  private void saw(
      int ask, RequestId id, ClientObservation.End how, String text, int repeated, long missing) {
    long tokens = answer(ask).tokens();
    seen.add(
        new ClientObservation(
            ask,
            Optional.of(id),
            how,
            "",
            text,
            new ClientObservation.Counts(tokens, tokens, repeated, missing, 0),
            1,
            2));
  }

  private void logged(RequestId id, int ask, String text, boolean asynchronous) {
    begun(id, ask, text);
    Optional<Payload> output =
        asynchronous ? Optional.of(new Payload.Text(text)) : Optional.empty();
    event(id, 1, RUN, new Finished(FinishReason.STOP, usage(ask), output, Duration.ZERO));
  }

  /** All chunks are in the log, and no end is. */
  void begun(int ask) {
    begun(id(ask), ask, answer(ask).text());
  }

  private void begun(RequestId id, int ask, String text) {
    event(id, 1, RUN, started(ask));
    event(id, 1, RUN, chunkOf(text.substring(0, 2), 0));
    event(id, 1, RUN, chunkOf(text.substring(2, 4), 1));
    event(id, 1, RUN, chunkOf(text.substring(4), 2));
  }

  void event(int ask, int attempt, long run, TokenEvent event) {
    event(id(ask), attempt, run, event);
  }

  private void event(RequestId id, int attempt, long run, TokenEvent event) {
    log.add(new TokenRecord(id, attempt, run, event));
  }

  Started started(int ask) {
    return started(ask, PROMPT);
  }

  Started started(int ask, long promptTokens) {
    return new Started(
        context(ask),
        new WorkerId("w"),
        new Capability("story"),
        "m",
        promptTokens,
        0,
        false,
        Optional.empty());
  }

  Chunk chunkOf(String text, long sequence) {
    return new Chunk(sequence, TokenIds.of(1), text, Optional.empty());
  }

  Finished end(long tokens) {
    return new Finished(
        FinishReason.STOP, new TokenUsage(PROMPT, tokens, 0), Optional.empty(), Duration.ZERO);
  }

  void billed(int ask, TokenUsage usage) {
    billed(id(ask), ask, usage);
  }

  private void billed(RequestId id, int ask, TokenUsage usage) {
    bill(new Bill(id, context(ask), servedBy(), Outcome.FINISHED, "", usage, 3, Duration.ZERO));
  }

  /** The line that is right for {@link #logged}, for a test to make one field of it wrong. */
  Bill bill(int ask) {
    return new Bill(
        id(ask), context(ask), servedBy(), Outcome.FINISHED, "", usage(ask), 3, Duration.ZERO);
  }

  void bill(Bill bill) {
    log.add(bill.line());
    tell();
  }

  /** What a ledger line says that the log says too. */
  record Bill(
      RequestId id,
      RequestContext context,
      ServedBy by,
      Outcome outcome,
      String code,
      TokenUsage usage,
      long chunks,
      Duration engineTime) {

    private LedgerEntry line() {
      return new LedgerEntry(
          id,
          context,
          by,
          outcome,
          code,
          usage,
          chunks,
          LedgerEntry.Volume.NONE,
          engineTime,
          new LedgerEntry.Times(Optional.empty(), Optional.empty(), AT),
          Cost.UNPRICED,
          Optional.empty());
    }

    Bill by(ServedBy other) {
      return new Bill(id, context, other, outcome, code, usage, chunks, engineTime);
    }

    Bill of(RequestContext other) {
      return new Bill(id, other, by, outcome, code, usage, chunks, engineTime);
    }

    Bill using(TokenUsage other, long otherChunks) {
      return new Bill(id, context, by, outcome, code, other, otherChunks, engineTime);
    }

    Bill ending(Outcome other, String otherCode, Duration otherTime) {
      return new Bill(id, context, by, other, otherCode, usage, chunks, otherTime);
    }
  }

  /** What the topics of sums say: the sums of all lines so far. */
  private void tell() {
    Map<SessionId, SessionUsage> sessions = new HashMap<>();
    Map<AggregateKey, UsageTotals> totals = new HashMap<>();
    log.lines().values().stream()
        .flatMap(List::stream)
        .forEach(
            line -> {
              sessions.merge(
                  line.context().session(), SessionUsage.of(line), (sum, _) -> sum.plus(line));
              AggregateKey.of(line)
                  .forEach(key -> totals.merge(key, UsageTotals.of(line), UsageTotals::plus));
            });
    sessions.forEach((session, usage) -> log.told().put(session.value(), usage));
    totals.forEach(
        (key, sum) -> {
          if (!(key instanceof AggregateKey.OfSession)) {
            tell(key, sum);
          }
        });
  }

  void tell(AggregateKey key, UsageTotals sum) {
    log.told()
        .put(
            key.toString(),
            key,
            new PublishedAggregates.Published(NamedAmounts.of(sum), Optional.empty()));
  }

  /** Nothing is told of these sums. */
  void forget(Predicate<AggregateKey> which) {
    log.told().sums().keySet().removeIf(which);
  }

  void planted(PlantedRecord... all) {
    planted = List.of(all);
  }

  /** As an answer to whoever submitted it for that tenant. */
  void planted(RequestId id, TenantId tenant, TokenEvent.Terminal outcome) {
    RequestContext context =
        new RequestContext(
            tenant, new SessionId("planted"), "", new Capability("story"), Map.of(), AT, true);
    log.add(new RequestResult(id, context, outcome, servedBy()));
  }

  private TokenUsage usage(int ask) {
    return new TokenUsage(PROMPT, answer(ask).tokens(), 0);
  }

  private static ServedBy servedBy() {
    return new ServedBy("story", "m", "w", 1, false);
  }

  private static RequestContext context(int ask) {
    return new RequestContext(
        new TenantId("default"),
        new SessionId(PLAN.at(ask).session()),
        "",
        new Capability("story"),
        Map.of(),
        AT,
        false);
  }
}
