package io.anyserve.loadtest.metering;

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
import io.anyserve.contracts.event.TokenRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a worker writes for each request of the load: that it started, ten chunks of one token, and
 * that it finished. Requests are numbered from 0.
 */
final class RequestTemplate {

  static final int CHUNKS = 10;
  static final int STEPS = CHUNKS + 2;

  private static final int SESSIONS = 1_000;
  private static final int TENANTS = 4;
  private static final int PROMPT_TOKENS = 200;
  private static final int PROMPT_BYTES = 900;
  private static final int FIRST_TOKEN = 1_000;
  private static final Capability CAPABILITY = new Capability("story");
  private static final WorkerId WORKER = new WorkerId("bench");
  private static final long VERSION_7 = 0x0190_0000_0000_7000L;
  private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

  private final List<TokenEvent> starts;
  private final List<TokenEvent> chunks;

  /**
   * @param acceptedAt of every request
   */
  RequestTemplate(Instant acceptedAt) {
    starts =
        IntStream.range(0, SESSIONS).mapToObj(session -> started(session, acceptedAt)).toList();
    chunks = IntStream.range(0, CHUNKS).mapToObj(RequestTemplate::chunk).toList();
  }

  private static TokenEvent started(int session, Instant acceptedAt) {
    RequestContext context =
        new RequestContext(
            new TenantId("tenant-" + session % TENANTS),
            new SessionId("session-" + session),
            "key-" + session % TENANTS,
            CAPABILITY,
            Map.of(),
            acceptedAt,
            false);
    return new TokenEvent.Started(
        context, WORKER, CAPABILITY, "words", PROMPT_TOKENS, PROMPT_BYTES, false, Optional.empty());
  }

  private static TokenEvent chunk(int sequence) {
    return new TokenEvent.Chunk(
        sequence, TokenIds.of(FIRST_TOKEN + sequence), " word", Optional.empty());
  }

  static RequestId id(long number) {
    return new RequestId(VERSION_7, number);
  }

  /** Whether that step brings a chunk. */
  static boolean isChunk(int step) {
    return step > 0 && step <= CHUNKS;
  }

  /** Inverse of {@link #id}. */
  static long number(RequestId id) {
    return id.low();
  }

  /**
   * A record of a request.
   *
   * @param step from 0, less than {@link #STEPS}
   * @param now goes into the last one as the time spent in the engine, which the ledger line
   *     repeats: so whoever reads it knows when the request ended
   */
  TokenRecord record(long number, int step, Duration now) {
    return new TokenRecord(id(number), 1, number * SPREAD, event(number, step, now));
  }

  private TokenEvent event(long number, int step, Duration now) {
    return switch (step) {
      case 0 -> starts.get((int) (number % SESSIONS));
      case STEPS - 1 ->
          new TokenEvent.Finished(
              FinishReason.LENGTH, new TokenUsage(PROMPT_TOKENS, CHUNKS, 0), Optional.empty(), now);
      default -> chunks.get(step - 1);
    };
  }
}
