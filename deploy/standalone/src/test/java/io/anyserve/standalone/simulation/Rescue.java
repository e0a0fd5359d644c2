package io.anyserve.standalone.simulation;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.contracts.event.StreamProgress.Verdict;
import io.anyserve.contracts.event.TokenEvent.Started;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The router's rescue: publishes the requests of a worker again whose announcements stopped, with
 * the attempts made so far. Each run is rescued once.
 */
final class Rescue implements Actor {

  private final TokenLog log;
  private final RequestQueue queue;
  private final Map<RequestId, Watched> watched = new LinkedHashMap<>();
  private final Set<Long> rescued = new HashSet<>();
  private long next;

  private static final class Watched {

    private final Order order;
    private final StreamProgress progress = new StreamProgress();
    private WorkerId worker = new WorkerId("nobody");

    private Watched(Order order) {
      this.order = order;
    }

    private boolean runs() {
      return progress.attempt() > 0 && !progress.ended();
    }
  }

  Rescue(TokenLog log, RequestQueue queue) {
    this.log = log;
    this.queue = queue;
  }

  void watch(Order order) {
    watched.put(order.id(), new Watched(order));
  }

  @Override
  public boolean ready() {
    return next < log.end();
  }

  @Override
  public void step() {
    Entry entry = log.at(next++);
    Watched of = watched.get(entry.record().request());
    if (of != null
        && of.progress.apply(entry.record()) == Verdict.COUNTS
        && entry.record().event() instanceof Started started) {
      of.worker = started.worker();
    }
  }

  /** Publishes again what the silent workers had begun. */
  void ofSilent(Predicate<WorkerId> silent) {
    for (Watched of : watched.values()) {
      if (of.runs() && silent.test(of.worker) && rescued.add(of.progress.run())) {
        queue.publish(of.order, of.progress.attempt());
      }
    }
  }

  /** Publishes a request again that stands still; false where it never began. */
  boolean ofStalled(Order order) {
    Watched of = watched.get(order.id());
    if (of == null || !of.runs()) {
      return false;
    }
    queue.publish(order, of.progress.attempt());
    return true;
  }
}
