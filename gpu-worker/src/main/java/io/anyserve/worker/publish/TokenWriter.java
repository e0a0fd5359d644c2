package io.anyserve.worker.publish;

import io.anyserve.contracts.event.TokenEvent;

/** Takes the events of executions. Each stream is written to by one thread at a time. */
public interface TokenWriter {

  /** The next event of that stream; dropped when the stream is over. Does not wait for the log. */
  void write(EventStreamWriter stream, TokenEvent event);

  /**
   * Stops answering, and the request is not the reason; another worker continues it. Nothing of the
   * stream is written any more but that. Never throws.
   */
  void release(EventStreamWriter stream, Exception why);

  /**
   * Stops answering, as another execution goes on; the log says that this one has not failed. Never
   * throws.
   */
  void cede(EventStreamWriter stream);

  /** What was written so far gets on its way. Follows each step of the writer. Never throws. */
  default void flush() {}
}
