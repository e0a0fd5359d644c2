package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.TokenRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;

/**
 * What one worker's producer has on the way to the log, in order. Where an acknowledgement is lost
 * a record is written once more before the next one. It outlives its worker, as packets do.
 */
final class Wire implements Actor {

  private record Sent(TokenRecord record, LongConsumer written) {}

  private final TokenTopicModel log;
  private final Dice dice;
  private final int repeats;
  private final Deque<Sent> sent = new ArrayDeque<>();

  /**
   * @param repeats how many of a hundred records are written again
   */
  Wire(TokenTopicModel log, Dice dice, int repeats) {
    this.log = log;
    this.dice = dice;
    this.repeats = repeats;
  }

  /**
   * Sends a record behind those sent before.
   *
   * @param written hears its offset
   */
  void send(TokenRecord record, LongConsumer written) {
    sent.add(new Sent(record, written));
  }

  @Override
  public boolean ready() {
    return !sent.isEmpty();
  }

  @Override
  public void step() {
    Sent next = sent.element();
    long offset = log.append(next.record);
    if (!dice.percent(repeats)) {
      sent.remove();
      next.written.accept(offset);
    }
  }

  /**
   * Some of the last records never get through: they were in the memory of a process that ended.
   */
  void cut() {
    int arrive = dice.below(sent.size() + 1);
    while (sent.size() > arrive) {
      sent.removeLast();
    }
  }
}
