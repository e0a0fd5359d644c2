package io.anyserve.standalone.simulation;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The router's recovery: publishes requests again, with the attempts made so far. Those of a worker
 * whose connection or announcements stopped, each run once unless the worker did it; and those that
 * do not end although another run than the one that counts tried to answer them.
 */
final class RequeueRules implements Actor {

  private final TokenTopicModel log;
  private final RequestQueue queue;
  private final Map<RequestId, Watched> watched = new LinkedHashMap<>();
  private final Set<Long> recovered = new HashSet<>();
  private long next;

  private static final class Watched {

    private final Order order;
    private final FencedStream progress = new FencedStream();
    private WorkerId worker = new WorkerId("nobody");
    private boolean contested;
    private long republished;

    private Watched(Order order) {
      this.order = order;
    }

    private void read(TokenRecord record) {
      Verdict verdict = progress.apply(record);
      switch (record.event()) {
        case Started started -> {
          worker = verdict == Verdict.ACCEPTED ? started.worker() : worker;
          contested |= verdict == Verdict.FENCED && !started.again();
        }
        case Terminal _ -> contested |= verdict == Verdict.FENCED;
        case Released released -> {
          if (verdict == Verdict.ACCEPTED) {
            contested = !released.republished();
            republished = released.republished() ? record.executionId() : republished;
          }
        }
        case Chunk _, TokenEvent.DuplicateSubmission _ -> {}
      }
    }

    private boolean runs() {
      return progress.attempt() > 0 && !progress.ended();
    }

    /** Its worker did not publish it again itself. */
    private boolean isLeft() {
      return runs() && republished != progress.executionId();
    }
  }

  RequeueRules(TokenTopicModel log, RequestQueue queue) {
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
    if (of != null) {
      of.read(entry.record());
    }
  }

  /** Publishes again what the silent workers had begun. */
  void ofSilent(Predicate<WorkerId> silent) {
    for (Watched of : watched.values()) {
      if (of.isLeft() && silent.test(of.worker) && recovered.add(of.progress.executionId())) {
        queue.publish(of.order, of.progress.attempt());
      }
    }
  }

  /**
   * Publishes a request again that does not end although somebody else tried to answer it, and may
   * have accepted its record; false where there is nothing to recover.
   */
  boolean ofContested(Order order) {
    Watched of = watched.get(order.id());
    if (of == null || !of.isLeft() || !of.contested) {
      return false;
    }
    of.contested = false;
    queue.publish(order, of.progress.attempt());
    return true;
  }
}
