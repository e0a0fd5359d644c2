package io.anyserve.worker.batch;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.publish.TokenLog;
import io.micrometer.core.instrument.Counter;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a step brings, and notes which streams nobody writes any more. Owned by the batcher's
 * thread.
 */
final class Steps implements StepListener {

  private final EngineSeat seat;
  private final Running running;
  private final Suspects suspects;
  private final Endings endings;
  private final TokenLog log;
  private final Counter written;

  /** Runs that end here, whatever more their engine has to say in this step. */
  private final Set<Long> dropped = new HashSet<>(0);

  private int events;
  private boolean someOver;

  /**
   * @param written counts tokens
   */
  Steps(
      EngineSeat seat,
      Running running,
      Suspects suspects,
      Endings endings,
      TokenLog log,
      Counter written) {
    this.seat = seat;
    this.running = running;
    this.suspects = suspects;
    this.endings = endings;
    this.log = log;
    this.written = written;
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
          .take(sequence -> sequence.stream().over() || dropped.contains(sequence.run()))
          .forEach(sequence -> engine.cancel(sequence.run()));
      dropped.clear();
    }
    return events;
  }

  @Override
  public void tokens(long run, TokenIds tokens, String text) {
    Sequence sequence = moved(run, tokens);
    if (sequence != null) {
      write(sequence, () -> sequence.chunk(tokens, text));
    }
  }

  @Override
  public void payload(long run, TokenIds tokens, Payload payload) {
    Sequence sequence = moved(run, tokens);
    if (sequence != null) {
      write(sequence, () -> sequence.chunk(tokens, payload));
    }
  }

  /** An event that cannot be written ends its sequence, not the step: no engine is the reason. */
  private void write(Sequence sequence, Supplier<TokenEvent> event) {
    try {
      log.write(sequence.stream(), event.get());
    } catch (RuntimeException | Error e) {
      dropped.add(sequence.run());
      endings.giveUp(sequence.work(), e);
    }
  }

  @Override
  public void ended(long run, FinishReason reason) {
    Sequence sequence = left(run);
    if (sequence != null && !dropped.contains(run)) {
      seat.worked();
      write(sequence, () -> sequence.finished(reason));
    }
  }

  @Override
  public void failed(long run, Failure failure) {
    Sequence sequence = left(run);
    if (sequence != null && !dropped.contains(run)) {
      endings.fail(sequence, failure);
    }
  }

  private @Nullable Sequence moved(long run, TokenIds tokens) {
    events++;
    written.increment(tokens.size());
    if (suspects.clear(run)) {
      seat.worked();
    }
    Sequence sequence = running.get(run);
    someOver |= sequence != null && sequence.stream().over();
    return sequence != null && !dropped.contains(run) && fits(sequence, tokens) ? sequence : null;
  }

  /** Else its quota is used up: the stream ends before these tokens. */
  private boolean fits(Sequence sequence, TokenIds tokens) {
    if (!sequence.exceedsQuota(tokens.size())) {
      return true;
    }
    if (dropped.add(sequence.run())) {
      endings.cancel(sequence, CancelReason.QUOTA);
    }
    return false;
  }

  private @Nullable Sequence left(long run) {
    events++;
    suspects.clear(run);
    return running.left(run);
  }
}
