package io.anyserve.worker.schedule;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.publish.TokenWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a step brings, and notes which streams nobody writes any more. Owned by the
 * scheduler's thread.
 */
final class StepOutput implements StepListener {

  private final EngineSupervisor supervisor;
  private final RunningSet running;
  private final FaultIsolation suspects;
  private final TerminalEvents endings;
  private final TokenWriter log;
  private final SchedulerMetrics meters;

  /** Executions that end here, whatever more their engine has to say in this step. */
  private final Set<Long> dropped = new HashSet<>(0);

  private int events;
  private boolean someOver;

  StepOutput(
      EngineSupervisor supervisor,
      RunningSet running,
      FaultIsolation suspects,
      TerminalEvents endings,
      TokenWriter log,
      SchedulerMetrics meters) {
    this.supervisor = supervisor;
    this.running = running;
    this.suspects = suspects;
    this.endings = endings;
    this.log = log;
    this.meters = meters;
  }

  /** Events of the last step. */
  int events() {
    return events;
  }

  /** One step of the engine; returns its events. */
  int take(Engine engine) {
    events = 0;
    someOver = false;
    engine.step(this);
    if (someOver || !dropped.isEmpty()) {
      running
          .take(sequence -> sequence.stream().closed() || dropped.contains(sequence.executionId()))
          .forEach(sequence -> engine.cancel(sequence.executionId()));
      dropped.clear();
    }
    return events;
  }

  @Override
  public void tokens(
      long executionId, TokenIds tokens, AnswerDelta delta, List<PositionLogprobs> logprobs) {
    ScheduledSequence sequence = moved(executionId, tokens);
    if (sequence != null) {
      write(sequence, () -> sequence.chunk(tokens, delta, logprobs));
    }
  }

  @Override
  public void payload(long executionId, TokenIds tokens, Payload payload) {
    ScheduledSequence sequence = moved(executionId, tokens);
    if (sequence != null) {
      write(sequence, () -> sequence.chunk(tokens, payload));
    }
  }

  /** An event that cannot be written ends its sequence, not the step: no engine is the reason. */
  private void write(ScheduledSequence sequence, Supplier<TokenEvent> event) {
    try {
      log.write(sequence.stream(), event.get());
    } catch (RuntimeException | Error e) {
      dropped.add(sequence.executionId());
      endings.giveUp(sequence.work(), e);
    }
  }

  @Override
  public void guessed(int tokens, int right) {
    meters.guessedTokens().increment(tokens);
    meters.rightGuesses().increment(right);
  }

  @Override
  public void ended(long executionId, FinishReason reason) {
    ScheduledSequence sequence = left(executionId);
    if (sequence != null && !dropped.contains(executionId)) {
      supervisor.worked();
      write(sequence, () -> sequence.finished(reason));
    }
  }

  @Override
  public void failed(long executionId, Failure failure) {
    ScheduledSequence sequence = left(executionId);
    if (sequence != null && !dropped.contains(executionId)) {
      endings.fail(sequence, failure);
    }
  }

  private @Nullable ScheduledSequence moved(long executionId, TokenIds tokens) {
    events++;
    meters.tokens().increment(tokens.size());
    if (suspects.clear(executionId)) {
      supervisor.worked();
    }
    ScheduledSequence sequence = running.get(executionId);
    someOver |= sequence != null && sequence.stream().closed();
    return sequence != null && !dropped.contains(executionId) && fits(sequence, tokens)
        ? sequence
        : null;
  }

  /** Else its quota is used up: the stream ends before these tokens. */
  private boolean fits(ScheduledSequence sequence, TokenIds tokens) {
    if (!sequence.exceedsQuota(tokens.size())) {
      return true;
    }
    if (dropped.add(sequence.executionId())) {
      endings.cancel(sequence, CancelReason.QUOTA);
    }
    return false;
  }

  private @Nullable ScheduledSequence left(long executionId) {
    events++;
    suspects.clear(executionId);
    return running.left(executionId);
  }
}
