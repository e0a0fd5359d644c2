package io.anyserve.worker.schedule;

import java.util.function.LongSupplier;

/** Fences earlier attempts at a request off and finds out what they wrote. */
public interface StreamTakeover {

  /**
   * Writes the execution's Started and reads the stream back; then the work comes again through the
   * inbox, unless the request has ended. Does not block.
   *
   * @param promptTokens for the Started, 0 where the engine refuses the input; asked in this call,
   *     unless the log has to know who has the request before an engine sees it
   */
  void begin(WorkItem work, LongSupplier promptTokens);

  /**
   * Ends a request at which this worker fails, so that no worker fails at it again: its record
   * becomes a dead letter, and its caller gets a failure. Never throws, does not block.
   */
  void giveUp(WorkItem work, Throwable why);

  /**
   * Reads the stream of an execution that may have been fenced off without its knowledge; it is
   * over then. Does not block.
   */
  void recheck(WorkItem work);
}
