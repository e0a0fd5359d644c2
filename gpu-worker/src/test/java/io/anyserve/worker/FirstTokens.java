package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The events that a worker of the simulated engine would write of a request. */
final class FirstTokens implements StepListener {

  private final List<TokenEvent> events = new ArrayList<>();
  private long sequence;

  private FirstTokens() {}

  /** Started and that many chunks. */
  static List<TokenEvent> of(InferenceRequest request, int chunks) {
    return whole(request).subList(0, chunks + 1);
  }

  /** The text of them all. */
  static String text(InferenceRequest request) {
    return String.join(
        "",
        whole(request).stream()
            .filter(TokenEvent.Chunk.class::isInstance)
            .map(event -> ((TokenEvent.Chunk) event).text())
            .toList());
  }

  /** All of them. */
  static List<TokenEvent> whole(InferenceRequest request) {
    var listener = new FirstTokens();
    try (Engine engine = TestCluster.engines().open(TestCluster.simulated(1, Map.of())).load()) {
      long prompt = engine.tokenize(request.input()).size();
      engine.admit(
          new SequenceRequest(
              1, request.context().tenant(), request.input(), request.parameters(), TokenIds.NONE));
      listener.events.add(
          new TokenEvent.Started(
              request.context(),
              new WorkerId("first"),
              new Capability("x"),
              "words",
              prompt,
              0,
              false,
              Optional.empty()));
      while (!(listener.events.getLast() instanceof TokenEvent.Terminal)) {
        engine.step(listener);
      }
    }
    return listener.events;
  }

  @Override
  public void tokens(
      long executionId, TokenIds tokens, AnswerDelta piece, List<PositionLogprobs> logprobs) {
    events.add(new TokenEvent.Chunk(sequence++, tokens, piece, Optional.empty(), logprobs));
  }

  @Override
  public void payload(long executionId, TokenIds tokens, Payload payload) {
    events.add(new TokenEvent.Chunk(sequence++, tokens, "", Optional.of(payload)));
  }

  @Override
  public void ended(long executionId, FinishReason reason) {
    var usage = new TokenUsage(0, sequence, 0);
    events.add(new TokenEvent.Finished(reason, usage, Optional.empty(), Duration.ZERO));
  }

  @Override
  public void failed(long executionId, Failure failure) {
    throw new AssertionError(failure.toString());
  }
}
