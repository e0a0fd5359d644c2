package io.anyserve.standalone.simulation;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.worker.schedule.PriorOutput;
import io.anyserve.worker.takeover.TakeoverReading;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One worker's answer to one loan, step by step, by the rules of the worker.
 *
 * <pre>
 * WAITING -- first attempt: Started -->             RUNNING
 * WAITING -- first attempt, cancelled, late -->     ENDING     a terminal event as of nobody
 * WAITING -- later attempt: Started -->             FENCING
 * FENCING -- read back, goes on -->                 WAITING
 * FENCING -- read back, too many runs failed -->    ENDING
 * FENCING -- read back, over -->                    SETTLED
 * FENCING -- read back, a higher attempt counts --> FENCING    above it, by who took it just now
 * WAITING, fenced --                                RUNNING, or ENDING with the counts
 * RUNNING -- all chunks, cancelled, late -->        ENDING
 * ENDING -- the terminal event is in the log -->    SETTLED
 * any -- drained, a record lost: begun -->          LEAVING    Released, once Started is in the log
 * any -- drained, a record lost: not begun -->      SETTLED    the loan is released
 * LEAVING -- Released is in the log -->             SETTLED    published again, and the log is told
 * any -- another run counts, and it looks -->       SETTLED    the log is told
 * </pre>
 *
 * <p>The loan is accepted one step after the first record is in the log.
 */
final class SimulatedRun {

  enum State {
    WAITING,
    FENCING,
    RUNNING,
    ENDING,
    LEAVING,
    SETTLED
  }

  private static final int MOST_RAISES = 3;

  /** Attempts of any kind. */
  private static final int MOST_IN_ALL = 100;

  private final RequestQueue.Loan loan;
  private final SimulatedWorker worker;
  private final long run;
  private int attempt;
  private int raises;
  private State state = State.WAITING;
  private boolean started;
  private int startedAs;
  private boolean begun;
  private boolean fenced;
  private boolean exhausted;
  private int promptTokens;
  private @Nullable CancelReason cancel;
  private long writtenAt = -1;
  private int sent;
  private boolean accepted;
  private boolean told;
  private boolean done;
  private int nextChunk;
  private PriorOutput earlier = PriorOutput.NOTHING;

  SimulatedRun(RequestQueue.Loan loan, SimulatedWorker worker, long run) {
    this.loan = loan;
    this.worker = worker;
    this.run = run;
    this.attempt = loan.attempt();
  }

  Order order() {
    return loan.order();
  }

  RequestQueue.Loan loan() {
    return loan;
  }

  /** Waits for nobody but itself. */
  boolean ready() {
    return switch (state) {
      case WAITING, RUNNING -> true;
      case FENCING, ENDING -> writtenAt >= 0;
      case LEAVING -> told ? writtenAt >= 0 : begun;
      case SETTLED -> true;
    };
  }

  boolean settled() {
    return state == State.SETTLED;
  }

  /** Tells the queue; a worker that dies before does not. */
  void acknowledge(RequestQueue queue) {
    if (done) {
      queue.accept(loan);
    } else {
      queue.release(loan);
    }
  }

  void cancel(CancelReason reason) {
    cancel = cancel == null ? reason : cancel;
  }

  /** Nothing of this run is written any more but that; somebody else has to go on. */
  void release() {
    if (state != State.SETTLED && started) {
      state = State.LEAVING;
      told = false;
    } else if (state != State.SETTLED) {
      settle(false);
    }
  }

  /** What was on the way may not have come through. */
  void loseRecords() {
    if (begun) {
      release();
    } else if (state != State.SETTLED) {
      if (started) {
        send(event(new Released("a record was lost")));
      }
      settle(false);
    }
  }

  /** Looks whether another run goes on with it, as one that stood still or was told does. */
  void verify() {
    if (begun && state != State.SETTLED) {
      FencedStream progress = new FencedStream();
      worker.readBack(order(), worker.end() - 1, entry -> progress.apply(entry.record()));
      if (progress.ended() || progress.executionId() != run) {
        cede();
      }
    }
  }

  private void cede() {
    send(event(new Released("another run goes on")));
    settle(true);
  }

  void step() {
    if (begun && !accepted) {
      accepted = true;
      worker.accept(loan);
    }
    switch (state) {
      case WAITING -> begin();
      case FENCING -> decide();
      case RUNNING -> move();
      case ENDING -> settle(true);
      case LEAVING -> leave();
      case SETTLED -> {}
    }
  }

  private void leave() {
    if (told) {
      worker.publish(order(), attempt);
      send(event(new Released("released", true)));
      settle(true);
    } else {
      told = true;
      send(event(new Released("released")));
    }
  }

  private void begin() {
    if (attempt > 1 && !fenced) {
      fence();
    } else if (exhausted) {
      var failure = new Failure(FailureCode.ATTEMPTS_EXHAUSTED, "lost");
      end(new Failed(failure, usage(), context()));
    } else if (stopped()) {
      end(cancelled());
    } else {
      start();
    }
  }

  /** Where the engine cannot take it at once, the log is told before the length is known. */
  private void start() {
    if (started || worker.engineIsFree()) {
      start(order().promptTokens());
      state = State.RUNNING;
    } else {
      start(0);
    }
  }

  private boolean stopped() {
    return cancel != null || worker.now() >= order().deadline();
  }

  private Cancelled cancelled() {
    CancelReason reason = cancel == null ? CancelReason.DEADLINE : cancel;
    return new Cancelled(reason, usage(), context());
  }

  private void fence() {
    fenced = true;
    state = State.FENCING;
    start(0);
  }

  private void start(int known) {
    boolean again = started && startedAs == attempt;
    started = true;
    startedAs = attempt;
    promptTokens = promptTokens == 0 ? known : promptTokens;
    var event =
        new Started(
            order().context(),
            worker.id(),
            Order.CAPABILITY,
            "tiny",
            known,
            0,
            false,
            Optional.empty(),
            again);
    sendFirst(new TokenRecord(order().id(), attempt, run, event));
  }

  private void decide() {
    TakeoverReading found = new TakeoverReading(run, writtenAt);
    FencedStream progress = new FencedStream();
    worker.readBack(
        order(),
        writtenAt,
        entry -> {
          found.apply(entry.offset(), entry.record());
          progress.apply(entry.record());
        });
    if (found.goesOn()) {
      earlier = found.earlier();
      promptTokens = (int) earlier.promptTokens();
      nextChunk = (int) earlier.chunks();
      exhausted = exceeded(found.failedExecutions(worker.rules().attempts()));
      state = State.WAITING;
    } else if (progress.ended()) {
      settle(true);
    } else {
      overtake(progress.attempt());
    }
  }

  private boolean exceeded(int failedExecutions) {
    int most = worker.rules().attempts();
    return attempt > MOST_IN_ALL
        || switch (worker.rules().bound()) {
          case FAILED_EXECUTIONS -> failedExecutions >= most;
          case DELIVERIES -> loan.attempt() > most;
        };
  }

  /** The log knows a higher attempt: forgotten by the broker, or of who holds the request now. */
  private void overtake(int known) {
    if (raises++ == MOST_RAISES || !worker.tookJustNow(loan)) {
      cede();
      return;
    }
    attempt = known + 1;
    start(0);
  }

  private void move() {
    if (stopped()) {
      end(cancelled());
    } else if (order().poison() && nextChunk == order().chunks() - 1) {
      worker.die();
    } else if (nextChunk < order().chunks()) {
      send(event(order().chunk(nextChunk++)));
    } else {
      end(new Finished(FinishReason.STOP, usage(), output(), Duration.ZERO));
    }
  }

  private void end(Terminal terminal) {
    state = State.ENDING;
    sendFirst(started ? event(terminal) : TokenRecord.unassigned(order().id(), terminal));
  }

  private TokenRecord event(TokenEvent event) {
    return new TokenRecord(order().id(), attempt, run, event);
  }

  private void send(TokenRecord record) {
    writtenAt = -1;
    int number = ++sent;
    worker.send(record, offset -> writtenAt = number == sent ? offset : writtenAt);
  }

  /** From the first record on the log says who has the request. */
  private void sendFirst(TokenRecord record) {
    writtenAt = -1;
    int number = ++sent;
    worker.send(
        record,
        offset -> {
          begun = true;
          writtenAt = number == sent ? offset : writtenAt;
        });
  }

  private TokenUsage usage() {
    return new TokenUsage(promptTokens, order().tokensBefore(nextChunk), 0);
  }

  private Optional<RequestContext> context() {
    return started ? Optional.empty() : Optional.of(order().context());
  }

  /** What was written before, and what this run wrote. */
  private Optional<Payload> output() {
    return order().context().asynchronous()
        ? Optional.of(
            new Payload.Text(
                earlier.answer().text() + order().text((int) earlier.chunks(), order().chunks())))
        : Optional.empty();
  }

  private void settle(boolean accept) {
    done = accept;
    state = State.SETTLED;
  }

  @Override
  public String toString() {
    return "run %x attempt %d %s".formatted(run, attempt, state);
  }
}
