package io.anyserve.worker.schedule;

/** Ends or leaves requests whose stream this scheduler alone cannot judge. */
public interface StreamTakeover {

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
