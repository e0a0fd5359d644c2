package io.anyserve.worker.schedule;

import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.RecordedLog;
import io.anyserve.worker.publish.TokenWriter;
import java.util.function.BiPredicate;

/** A log in memory that breaks at some events. */
final class BrokenLog implements TokenWriter {

  private final RecordedLog log;
  private BiPredicate<EventStreamWriter, TokenEvent> breaking = (_, _) -> false;
  private Error why = new StackOverflowError("an event is too deep");

  BrokenLog(RecordedLog log) {
    this.log = log;
  }

  /** From now on these events are refused with that error. */
  void breakAt(BiPredicate<EventStreamWriter, TokenEvent> events, Error error) {
    breaking = events;
    why = error;
  }

  @Override
  public void write(EventStreamWriter stream, TokenEvent event) {
    if (breaking.test(stream, event)) {
      throw why;
    }
    log.write(stream, event);
  }

  @Override
  public void cede(EventStreamWriter stream) {
    log.cede(stream);
  }

  @Override
  public void release(EventStreamWriter stream, Exception reason) {
    log.release(stream, reason);
  }
}
