package io.anyserve.worker.publish;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.util.ArrayList;
import java.util.List;

/** A log in memory that acknowledges at once. */
public final class RecordedLog implements TokenWriter {

  private final List<TokenRecord> records = new ArrayList<>();

  @Override
  public void write(EventStreamWriter stream, TokenEvent event) {
    if (stream.closed() || stream.repeats(event)) {
      return;
    }
    if (event instanceof TokenEvent.Started begin) {
      stream.admitted(begin);
    }
    records.add(stream.record(event));
    if (event instanceof Terminal terminal) {
      stream.ended(terminal);
    }
  }

  @Override
  public void release(EventStreamWriter stream, Exception why) {
    if (stream.started() && !stream.closed()) {
      records.add(stream.record(new Released(String.valueOf(why.getMessage()))));
    }
    stream.lost(why);
  }

  @Override
  public void cede(EventStreamWriter stream) {
    if (stream.started() && !stream.closed()) {
      records.add(stream.record(new Released("another execution continues it")));
    }
    stream.elsewhere();
  }

  /** Writes the first Started, as the intake does when it takes long to begin. */
  public void claim(EventStreamWriter stream, TokenEvent.Started started) {
    records.add(stream.record(started));
  }

  /** Writes a Started as a takeover does, which finds what others wrote. */
  public void fence(EventStreamWriter stream, TokenEvent.Started started, TokenUsage earlier) {
    records.add(stream.record(started));
    stream.resumeAfter(earlier, 0);
  }

  public List<TokenRecord> records() {
    return records;
  }

  /** What was written of one request. */
  public List<TokenEvent> of(RequestId request) {
    return records.stream()
        .filter(record -> record.request().equals(request))
        .map(TokenRecord::event)
        .toList();
  }
}
