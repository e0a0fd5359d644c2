package io.anyserve.router.recovery;

import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.router.connection.WorkerConnections;
import io.anyserve.router.recovery.TrackedRequest.Running;
import io.anyserve.router.routing.StoreBackedDirectory;
import io.anyserve.router.routing.WorkerLiveness;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which workers are lost by their heartbeats on {@code workers}. Where all of them are silent, it
 * is the log that is away. Times are milliseconds since the epoch, by the router's clock. The
 * recovery's thread owns it.
 */
final class HeartbeatWatch {

  /** For a worker that is not in the table: it may have begun before its first heartbeat. */
  static final Duration UNKNOWN_KEPT = Duration.ofSeconds(3);

  /** So long a worker has to seem silent: what came while this router stood still is read first. */
  static final Duration CONFIRMED = Duration.ofMillis(500);

  private final InFlightIndex inFlight;
  private final WorkerConnections connections;
  private Map<WorkerId, Long> silentSince = new HashMap<>();
  private Map<WorkerId, Long> silentNow = new HashMap<>();
  private long outage;

  HeartbeatWatch(InFlightIndex inFlight, WorkerConnections connections) {
    this.inFlight = inFlight;
    this.connections = connections;
  }

  /** Begins a check. */
  void begin(long now) {
    silentSince = silentNow;
    silentNow = new HashMap<>();
    outage = everybodySilent(now) ? now : outage;
  }

  /** This router could not hear anybody. */
  void stoodStill() {
    silentSince = new HashMap<>();
  }

  /** Then the brokers are away, and work goes on when they are back. */
  private boolean everybodySilent(long now) {
    Collection<WorkerLiveness> all = inFlight.workers();
    long last = all.stream().mapToLong(WorkerLiveness::at).max().orElse(0);
    return now - last < StoreBackedDirectory.OUTAGE.toMillis()
        && all.stream().allMatch(liveness -> liveness.silent(now));
  }

  /** It serves one capability and loads the next: its heartbeats begin when all are loaded. */
  private boolean starting(WorkerId worker, @Nullable WorkerLiveness heard) {
    return (heard == null || heard.heartbeat().state() == WorkerState.STOPPED)
        && connections.connected(worker);
  }

  /** Whether that execution's worker is lost; to be asked once of each in a check. */
  boolean lost(Running running, long now) {
    WorkerId worker = running.started().worker();
    @Nullable WorkerLiveness heard = inFlight.worker(worker).orElse(null);
    if (heard != null && heard.stoppedSince(running.at())) {
      return true;
    }
    if (starting(worker, heard)) {
      return false;
    }
    boolean silent =
        heard == null
            ? now - running.seenAt() >= UNKNOWN_KEPT.toMillis()
            : heard.silent(now, outage);
    if (!silent) {
      return false;
    }
    long since = silentSince.getOrDefault(worker, now);
    silentNow.put(worker, since);
    return now - since >= CONFIRMED.toMillis();
  }
}
