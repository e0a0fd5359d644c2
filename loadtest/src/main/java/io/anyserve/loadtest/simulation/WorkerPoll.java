package io.anyserve.loadtest.simulation;

import java.util.List;
import java.util.function.Consumer;

/** A worker's poll of its partitions of requests, which one of them answers. */
final class WorkerPoll {

  private final int records;
  private final Consumer<List<ModelSequence>> receiver;
  private boolean open = true;

  /**
   * @param records that it takes at most
   */
  WorkerPoll(int records, Consumer<List<ModelSequence>> receiver) {
    this.records = records;
    this.receiver = receiver;
  }

  int records() {
    return records;
  }

  /** Not answered, and the worker is alive. */
  boolean open() {
    return open;
  }

  void answer(List<ModelSequence> requests) {
    open = false;
    receiver.accept(requests);
  }

  void close() {
    open = false;
  }
}
