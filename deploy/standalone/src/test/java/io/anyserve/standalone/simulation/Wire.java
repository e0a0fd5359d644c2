package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.TokenRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What one worker's producer has on the way to the log: in order, some records more than once. It
 * outlives its worker, as packets do.
 */
final class Wire implements Actor {

  private record Sent(TokenRecord record, LongConsumer written) {}

  private final TokenLog log;
  private final Dice dice;
  private final boolean repeats;
  private final Deque<Sent> sent = new ArrayDeque<>();
  private final List<TokenRecord> retries = new ArrayList<>();

  /**
   * @param repeats its producer is one that may write a record twice
   */
  Wire(TokenLog log, Dice dice, boolean repeats) {
    this.log = log;
    this.dice = dice;
    this.repeats = repeats;
  }

  /**
   * @param written hears the record's offset
   */
  void send(TokenRecord record, LongConsumer written) {
    sent.add(new Sent(record, written));
  }

  @Override
  public boolean ready() {
    return !sent.isEmpty() || !retries.isEmpty();
  }

  @Override
  public void step() {
    if (!retries.isEmpty() && (sent.isEmpty() || dice.percent(30))) {
      log.append(retries.removeFirst());
      return;
    }
    Sent next = sent.remove();
    next.written.accept(log.append(next.record));
    if (repeats && dice.percent(10)) {
      retries.add(next.record);
    }
  }

  /** The process is gone: some of the last records were still in its memory. */
  void cut() {
    int arrive = dice.below(sent.size() + 1);
    while (sent.size() > arrive) {
      sent.removeLast();
    }
  }

  /** A record is given up, and with it all behind it. */
  void fail() {
    cut();
  }
}
