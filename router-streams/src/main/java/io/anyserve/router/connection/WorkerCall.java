package io.anyserve.router.connection;

import java.util.List;

/** The way back to a worker. Thread-safe; never blocks and never throws. */
public interface WorkerCall {

  /** Grows with each call that this router accepts. */
  long number();

  /** Tells the worker which of its executions stop; nothing where the call has ended. */
  void republished(List<SupersededAttempt> attempts);
}
