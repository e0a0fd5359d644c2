package io.anyserve.standalone.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * The topic of requests behind its share group, as far as fencing has to do with it: each record is
 * lent to one worker at a time, and how often is counted.
 *
 * <pre>
 * there -- taken -->                         lent      counted in memory
 * lent -- accepted -->                       done      maybe written down later
 * lent -- released, lock over, holder gone   there     the count is written down
 * lent -- broker fails -->                   there     the count is what was written down
 * done -- broker fails -->                   there     where that was not written down
 * there -- taken too often -->               done      the broker gives it up
 * </pre>
 */
final class RequestQueue {

  /** Deliveries that a record gets before the broker gives it up. */
  private static final int MOST_DELIVERIES = 6;

  /** From this one on a record is published again instead of answered. */
  private static final int REQUEUED_FROM = MOST_DELIVERIES - 3;

  private enum State {
    THERE,
    LENT,
    DONE
  }

  private final List<Copy> copies = new ArrayList<>();
  private final Dice dice;

  RequestQueue(Dice dice) {
    this.dice = dice;
  }

  /** One record of a request; recoveries add more. */
  static final class Copy {

    private final Order order;
    private final int earlierAttempts;
    private State state = State.THERE;
    private int deliveries;
    private int writtenDown;
    private boolean doneWrittenDown;
    private int loan;

    private Copy(Order order, int earlierAttempts) {
      this.order = order;
      this.earlierAttempts = earlierAttempts;
    }
  }

  /** One handing out of a copy. */
  record Loan(Copy copy, int number, int deliveries) {

    Order order() {
      return copy.order;
    }

    int attempt() {
      return copy.earlierAttempts + deliveries;
    }

    /** The broker is about to give the record up. */
    boolean isNearLimit() {
      return deliveries >= REQUEUED_FROM;
    }
  }

  void publish(Order order, int earlierAttempts) {
    copies.add(new Copy(order, earlierAttempts));
  }

  /** How many copies there were in all. */
  long published() {
    return copies.size();
  }

  boolean hasWork() {
    return copies.stream().anyMatch(copy -> copy.state == State.THERE);
  }

  /** Of what is there, anything: a broker promises no order among partitions. */
  Loan take() {
    Copy copy = dice.oneOf(in(State.THERE));
    copy.state = State.LENT;
    copy.deliveries++;
    return new Loan(copy, ++copy.loan, copy.deliveries);
  }

  /** A late acknowledgement is silently ignored. */
  void accept(Loan loan) {
    if (isHeld(loan)) {
      loan.copy.state = State.DONE;
      loan.copy.doneWrittenDown = dice.percent(80);
    }
  }

  /**
   * A copy that counts its deliveries from the beginning; the worker may die before it accepts the
   * old record.
   */
  void requeue(Loan loan) {
    publish(loan.order(), loan.attempt());
    if (dice.percent(80)) {
      accept(loan);
    } else {
      release(loan);
    }
  }

  void release(Loan loan) {
    if (isHeld(loan)) {
      putBack(loan.copy);
    }
  }

  private boolean isHeld(Loan loan) {
    return loan.copy.state == State.LENT && loan.copy.loan == loan.number;
  }

  /** Whoever took it knows that nobody else did since: no lock can have run out yet. */
  boolean isRecent(Loan loan) {
    return loan.copy.loan == loan.number && dice.percent(70);
  }

  /** A lock runs out, whatever its holder does. */
  void expireOne() {
    List<Copy> lent = in(State.LENT);
    if (!lent.isEmpty()) {
      putBack(dice.oneOf(lent));
    }
  }

  private void putBack(Copy copy) {
    copy.writtenDown = copy.deliveries;
    copy.state = copy.deliveries < MOST_DELIVERIES ? State.THERE : State.DONE;
    copy.doneWrittenDown = copy.state == State.DONE;
  }

  /**
   * The broker is killed and comes back: it hands out again what was out, with the count that it
   * had written down, or even an earlier one.
   */
  void crash() {
    for (Copy copy : in(State.LENT)) {
      comeBack(copy);
    }
    in(State.DONE).stream().filter(copy -> !copy.doneWrittenDown).forEach(this::comeBack);
  }

  private void comeBack(Copy copy) {
    copy.deliveries = dice.percent(70) ? copy.writtenDown : dice.below(copy.writtenDown + 1);
    copy.state = State.THERE;
  }

  /** No copy of it can be handed out any more. */
  boolean isDone(Order order) {
    return copies.stream()
        .noneMatch(copy -> copy.order.id().equals(order.id()) && copy.state != State.DONE);
  }

  private List<Copy> in(State state) {
    return copies.stream().filter(copy -> copy.state == state).toList();
  }
}
