package io.anyserve.standalone.simulation;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenRecord;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * One worker: takes loans, moves its runs on, and may be frozen, thawed and killed at any step.
 *
 * <pre>
 * LIVE -- frozen -->          FROZEN     its records on the wire still arrive
 * FROZEN -- thawed -->        LIVE       a zombie, if somebody took its work over meanwhile
 * LIVE, FROZEN -- killed -->  DEAD
 * </pre>
 */
final class SimulatedWorker implements Actor {

  static final int SLOTS = 2;

  private enum State {
    LIVE,
    FROZEN,
    DEAD
  }

  /** What a worker reaches. */
  record Dependencies(
      Rules rules,
      RequestQueue queue,
      TokenTopicModel log,
      InstantSource clock,
      Dice dice,
      Trace trace) {}

  private final WorkerId id;
  private final Dependencies around;
  private final Wire wire;
  private final List<SimulatedRun> runs = new ArrayList<>();
  private final Map<RequestId, CancelReason> cancelledAhead = new HashMap<>();
  private State life = State.LIVE;

  SimulatedWorker(WorkerId id, Dependencies around, Wire wire) {
    this.id = id;
    this.around = around;
    this.wire = wire;
  }

  WorkerId id() {
    return id;
  }

  /** Its announcements come. */
  boolean announced() {
    return life == State.LIVE;
  }

  boolean dead() {
    return life == State.DEAD;
  }

  @Override
  public boolean ready() {
    return life == State.LIVE && (mayTake() || runs.stream().anyMatch(SimulatedRun::ready));
  }

  private boolean mayTake() {
    return runs.size() < SLOTS && around.queue().hasWork();
  }

  @Override
  public void step() {
    List<SimulatedRun> movable = runs.stream().filter(SimulatedRun::ready).toList();
    if (mayTake() && (movable.isEmpty() || around.dice().percent(40))) {
      take();
    } else {
      move(around.dice().oneOf(movable));
    }
  }

  private void take() {
    RequestQueue.Loan loan = around.queue().take();
    if (loan.isNearLimit()) {
      around.trace().add(() -> id + " publishes " + loan.order().id() + " again");
      around.queue().requeue(loan);
      return;
    }
    SimulatedRun run = new SimulatedRun(loan, this, around.dice().bits());
    around.trace().add(() -> id + " takes " + loan.order().id() + ", " + run);
    CancelReason reason = cancelledAhead.remove(loan.order().id());
    if (reason != null) {
      run.cancel(reason);
    }
    runs.add(run);
  }

  private void move(SimulatedRun run) {
    if (run.settled()) {
      run.acknowledge(around.queue());
      runs.remove(run);
    } else {
      run.step();
    }
    around.trace().add(() -> id + " moves " + run.order().id() + ", " + run);
  }

  /** A cancel command; the request may be here, come later, or never. */
  void cancel(RequestId request, CancelReason reason) {
    if (life != State.LIVE) {
      return;
    }
    List<SimulatedRun> here =
        runs.stream().filter(run -> run.order().id().equals(request)).toList();
    here.forEach(run -> run.cancel(reason));
    if (here.isEmpty()) {
      cancelledAhead.put(request, reason);
    }
  }

  /** A router told it that requests were published again, or it stood still. */
  void verify() {
    if (life == State.LIVE) {
      runs.forEach(SimulatedRun::verify);
    }
  }

  /** It drains: what it has begun goes to others. */
  void handOver() {
    if (life == State.LIVE) {
      runs.forEach(SimulatedRun::release);
    }
  }

  /** A record could not be written: each stream with one on the way is lost to another attempt. */
  void loseRecords() {
    wire.cut();
    runs.forEach(SimulatedRun::loseRecords);
  }

  void freeze() {
    life = life == State.LIVE ? State.FROZEN : life;
  }

  void thaw() {
    life = life == State.FROZEN ? State.LIVE : life;
  }

  Rules rules() {
    return around.rules();
  }

  /** The broker notices and hands its loans to others. */
  void die() {
    life = State.DEAD;
    wire.cut();
    runs.forEach(run -> around.queue().release(run.loan()));
    runs.clear();
    around.trace().add(() -> id + " dies");
  }

  boolean tookJustNow(RequestQueue.Loan loan) {
    return around.queue().isRecent(loan);
  }

  void accept(RequestQueue.Loan loan) {
    around.queue().accept(loan);
  }

  void publish(Order order, int attempt) {
    around.queue().publish(order, attempt);
  }

  boolean engineIsFree() {
    return around.dice().percent(70);
  }

  /** The end of the log. */
  long end() {
    return around.log().end();
  }

  long now() {
    return around.clock().millis();
  }

  void send(TokenRecord record, LongConsumer written) {
    wire.send(record, written);
  }

  /** Shows what there is of a request up to an offset. */
  void readBack(Order order, long last, Consumer<Entry> reader) {
    for (long offset = 0; offset <= last; offset++) {
      Entry entry = around.log().at(offset);
      if (entry.record().request().equals(order.id())) {
        reader.accept(entry);
      }
    }
  }
}
