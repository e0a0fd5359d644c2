package io.anyserve.loadtest.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TokensTopicTraceTest {

  private static final RequestId EARLY = new RequestId(1, 1);
  private static final RequestId LATE = new RequestId(2, 2);
  private static final TokenEvent END =
      new Finished(FinishReason.STOP, new TokenUsage(0, 0, 0), Optional.empty(), Duration.ZERO);

  private final TokensTopicTrace.Fold fold = new TokensTopicTrace.Fold();

  @Test
  void requestsComeInTheOrderOfTheirAcceptance() {
    add(LATE, 1, started(5_250, 7));
    add(LATE, 1, chunk(0, 4));
    add(LATE, 1, END);
    add(EARLY, 1, started(5_000, 9));
    add(EARLY, 1, chunk(0, 1));
    add(EARLY, 1, chunk(1, 2));

    TokensTopicTrace trace = fold.trace();

    assertEquals(Optional.of(new TraceRequest(0, 9, 3, List.of())), trace.next());
    assertEquals(Optional.of(new TraceRequest(250_000_000, 7, 4, List.of())), trace.next());
    assertTrue(trace.next().isEmpty());
  }

  @Test
  void aTakeoverCountsEachTokenOnce() {
    add(EARLY, 1, started(5_000, 9));
    add(EARLY, 1, chunk(0, 1));
    add(EARLY, 1, chunk(1, 1));
    add(EARLY, 2, started(5_000, 9));
    add(EARLY, 1, chunk(1, 1));
    add(EARLY, 2, chunk(2, 1));
    add(EARLY, 2, END);
    add(EARLY, 1, chunk(3, 1));

    assertEquals(3, fold.trace().next().orElseThrow().answerTokens());
  }

  @Test
  void anEmptyTopicHasNoRequest() {
    assertTrue(fold.trace().next().isEmpty());
  }

  private void add(RequestId id, int attempt, TokenEvent event) {
    fold.add(new TokenRecord(id, attempt, 77, event));
  }

  private static TokenEvent chunk(long sequence, int tokens) {
    return new Chunk(sequence, TokenIds.of(new int[tokens]), "text", Optional.empty());
  }

  private static TokenEvent started(long acceptedAt, int promptTokens) {
    return new Started(
        new RequestContext(
            new TenantId("t"),
            new SessionId("s"),
            "",
            new Capability("story"),
            Map.of(),
            Instant.ofEpochMilli(acceptedAt),
            false),
        new WorkerId("w"),
        new Capability("story"),
        "m",
        promptTokens,
        0,
        false,
        Optional.empty());
  }
}
