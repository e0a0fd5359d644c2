package io.anyserve.ingress.response;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.TokenLogprob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events as a worker writes them. */
public final class Events {

  private Events() {}

  public static TokenEvent started() {
    var capability = new Capability("story");
    var context =
        new RequestContext(
            new TenantId("acme"),
            new SessionId("s-1"),
            "",
            capability,
            Map.of(),
            Instant.EPOCH,
            false);
    return new Started(
        context, new WorkerId("w"), capability, "model", 3, 0, false, Optional.empty());
  }

  public static TokenEvent chunk(long sequence) {
    return chunk(sequence, "w" + sequence + " ");
  }

  public static TokenEvent chunk(long sequence, String text) {
    return new Chunk(sequence, TokenIds.of(1), text, Optional.empty());
  }

  /** A chunk with what the model found likely: its own text, and a part of a character. */
  public static TokenEvent likely(long sequence, String text, int textOffset) {
    var own = new TokenLogprob(1, ByteString.copyFromUtf8(text), -0.25f);
    var part = new TokenLogprob(2, ByteString.copyFrom(new byte[] {(byte) 0xE2, (byte) 0x80}), -2);
    var told = new PositionLogprobs(own, List.of(own, part), textOffset);
    return new Chunk(sequence, TokenIds.of(1), text, Optional.empty(), List.of(told));
  }

  /** A chunk of one token that is more than text. */
  public static TokenEvent chunk(long sequence, AnswerDelta delta) {
    return new Chunk(sequence, TokenIds.of(1), delta, Optional.empty(), List.of());
  }

  public static TokenEvent finished() {
    return finished(FinishReason.STOP);
  }

  public static TokenEvent finished(FinishReason reason) {
    return new Finished(reason, new TokenUsage(3, 2, 0), Optional.empty(), Duration.ZERO);
  }

  public static TokenEvent failed(FailureCode code) {
    return new Failed(new Failure(code, "as told"), TokenUsage.NONE, Optional.empty());
  }

  public static TokenEvent cancelled(CancelReason reason) {
    return new Cancelled(reason, TokenUsage.NONE, Optional.empty());
  }
}
