package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.function.Supplier;

/**
 * Reads one stream from the log for a caller that may have seen its beginning elsewhere: folds from
 * the request's first record on and delivers what the caller has not. A restart loses the fold and
 * the place; what the caller has seen stays seen.
 */
final class StreamReader implements Actor {

  private final String name;
  private final Order order;
  private final TokenTopicModel log;
  private final Agreement agreement;
  private final Supplier<Fold> folds;
  private Fold fold;
  private long next;
  private int counted;
  private int seen;
  private boolean ended;
  private boolean open;

  StreamReader(
      String name, Order order, TokenTopicModel log, Agreement agreement, Supplier<Fold> folds) {
    this.name = name;
    this.order = order;
    this.log = log;
    this.agreement = agreement;
    this.folds = folds;
    this.fold = folds.get();
  }

  /** From the beginning of the stream. */
  void open() {
    open = true;
  }

  /** Behind what somebody else told the caller before. */
  void resume() {
    if (!open) {
      seen = agreement.delivered();
      open = true;
    }
  }

  void restart() {
    fold = folds.get();
    next = 0;
    counted = 0;
    ended = false;
  }

  @Override
  public boolean ready() {
    return open && next < log.end();
  }

  @Override
  public void step() {
    Entry entry = log.at(next++);
    if (entry.record().request().equals(order.id())
        && fold.apply(entry.record()) == Verdict.ACCEPTED) {
      deliver(entry);
    }
  }

  private void deliver(Entry entry) {
    switch (entry.record().event()) {
      case Started _, Released _, TokenEvent.DuplicateSubmission _ -> {}
      case Chunk chunk -> chunk(chunk);
      case Terminal terminal -> end(Ending.of(terminal));
    }
  }

  private void chunk(Chunk chunk) {
    int index = counted++;
    if (index >= seen) {
      agreement.chunk(name, index, chunk);
      seen = index + 1;
    }
  }

  private void end(Ending ending) {
    agreement.end(name, counted, ending);
    ended = true;
  }

  boolean ended() {
    return ended;
  }

  String name() {
    return name;
  }
}
