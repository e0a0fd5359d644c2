package io.anyserve.loadtest.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A partition of requests that a share group reads: each record goes to one of the workers that
 * poll, in the order of their polls. One poll after the other is served.
 */
final class ModelRequestPartition {

  private final EventQueue time;
  private final ServiceStation acquisition = new ServiceStation(1);
  private final long cost;
  private final Deque<ModelSequence> requests = new ArrayDeque<>();
  private final Deque<WorkerPoll> waiting = new ArrayDeque<>();

  /**
   * @param cost of a poll, nanoseconds
   */
  ModelRequestPartition(EventQueue time, long cost) {
    this.time = time;
    this.cost = cost;
  }

  /** A request is in the log. */
  void publish(ModelSequence request) {
    requests.add(request);
    while (!waiting.isEmpty()) {
      WorkerPoll next = waiting.remove();
      if (next.open()) {
        serve(next);
        return;
      }
    }
  }

  /** A worker polls; waits for a request where there is none. */
  void poll(WorkerPoll poll) {
    if (requests.isEmpty()) {
      waiting.add(poll);
    } else {
      serve(poll);
    }
  }

  private void serve(WorkerPoll poll) {
    time.at(acquisition.serve(time.nanos(), cost), () -> acquire(poll));
  }

  private void acquire(WorkerPoll poll) {
    if (!poll.open()) {
      pollNext();
      return;
    }
    List<ModelSequence> taken = new ArrayList<>();
    while (taken.size() < poll.records() && !requests.isEmpty()) {
      taken.add(requests.remove());
    }
    if (taken.isEmpty()) {
      waiting.addFirst(poll);
    } else {
      poll.answer(taken);
    }
  }

  /** The poll that was to take a request is gone. */
  private void pollNext() {
    if (!requests.isEmpty() && !waiting.isEmpty()) {
      serve(waiting.remove());
    }
  }

  /** Requests that no worker has. */
  int queued() {
    return requests.size();
  }

  ServiceStation acquisition() {
    return acquisition;
  }
}
