package io.anyserve.ingress.responses;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.http.CallEvent;
import io.anyserve.ingress.http.EventOutbox;
import io.anyserve.ingress.responses.AnswerOutcome.Broken;
import io.anyserve.ingress.responses.AnswerOutcome.ClientLeft;
import io.anyserve.ingress.responses.AnswerOutcome.Ended;
import io.anyserve.ingress.responses.output.OutputItems;
import io.anyserve.ingress.responses.output.OutputStep;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one answer to its end on the thread that calls it. While its listener is busy nothing is
 * taken, and the log waits.
 */
final class AnswerExchange {

  /** After which a listener hears that nothing came. */
  static final Duration SILENCE = Duration.ofSeconds(10);

  static final Failure SILENT =
      new Failure(FailureCode.DEADLINE_EXCEEDED, "the log tells of no end");

  private final EventOutbox outbox = new EventOutbox();
  private final AnswerSink sink = new AnswerSink(outbox);
  private final Function<RequestId, Optional<Terminal>> ends;
  private final OutputItems output = new OutputItems();

  /**
   * @param ends what the log told of requests a short while ago
   */
  AnswerExchange(Function<RequestId, Optional<Terminal>> ends) {
    this.ends = ends;
  }

  AnswerSink sink() {
    return sink;
  }

  EventOutbox outbox() {
    return outbox;
  }

  /** Returns when the answer has ended, or nobody wants the rest of it. */
  AnswerOutcome run(AnswerListener listener) throws InterruptedException {
    try {
      @Nullable AnswerOutcome outcome = null;
      while (outcome == null) {
        outcome = next(listener);
      }
      return outcome;
    } catch (IOException e) {
      return new ClientLeft();
    }
  }

  private @Nullable AnswerOutcome next(AnswerListener listener)
      throws IOException, InterruptedException {
    List<CallEvent> taken = outbox.take(SILENCE);
    if (taken.isEmpty() && !listener.silence()) {
      return new Broken(SILENT);
    }
    for (CallEvent event : taken) {
      @Nullable AnswerOutcome outcome = tell(event, listener);
      if (outcome != null) {
        return outcome;
      }
    }
    listener.flush();
    if (outbox.written(taken)) {
      sink.drain();
    }
    return null;
  }

  private @Nullable AnswerOutcome tell(CallEvent event, AnswerListener listener)
      throws IOException, InterruptedException {
    switch (event) {
      case CallEvent.Accepted() -> listener.accepted();
      case CallEvent.Begun _ -> listener.begun();
      case CallEvent.Piece(int _, var delta, var _, String _) -> {
        for (OutputStep step : output.add(delta)) {
          listener.step(step);
        }
      }
      case CallEvent.Complete(int _, var finished) -> {
        return new Ended(finished, output.items());
      }
      case CallEvent.Broken(Failure failure) -> {
        return broken(failure);
      }
      case CallEvent.ClientLeft() -> {
        return new ClientLeft();
      }
    }
    return null;
  }

  /** A failure is the answer's end where the log has it; otherwise only this reading ended. */
  private AnswerOutcome broken(Failure failure) {
    if (failure.equals(AnswerSink.NO_TEXT)) {
      sink.cancel();
      return new Ended(new Failed(failure, TokenUsage.NONE, Optional.empty()), output.items());
    }
    return ends.apply(sink.handle().request())
        .filter(terminal -> tells(terminal, failure))
        .<AnswerOutcome>map(terminal -> new Ended(terminal, output.items()))
        .orElseGet(() -> new Broken(failure));
  }

  /** Whether that end is the failure, and not one that another reading came to. */
  private static boolean tells(Terminal terminal, Failure failure) {
    return switch (terminal) {
      case Finished _ -> false;
      case Failed failed -> failed.failure().equals(failure);
      case Cancelled _ ->
          failure.code() == FailureCode.CANCELLED
              || failure.code() == FailureCode.DEADLINE_EXCEEDED
              || failure.code() == FailureCode.QUOTA_EXHAUSTED;
    };
  }
}
