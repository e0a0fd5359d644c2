package io.anyserve.router.connection;

import java.util.List;

/** The way back to a worker. Thread-safe; never blocks and never throws. */
@FunctionalInterface
public interface WorkerCall {

  /** Tells the worker which of its executions stop; nothing where the call has ended. */
  void republished(List<SupersededAttempt> attempts);
}
