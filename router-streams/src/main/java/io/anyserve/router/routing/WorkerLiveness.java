package io.anyserve.router.routing;

import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import org.jspecify.annotations.Nullable;

/**
 * When a worker was heard last. Silence is measured by the router's own clock, so a worker's clock
 * may be wrong. Times are milliseconds since the epoch.
 *
 * @param at when it was heard, by the router's clock
 * @param stoppedAt when it last said that it has stopped, by the record's time; 0 for never. What
 *     it began before is lost, even when a process of the same name is back.
 */
public record WorkerLiveness(WorkerHeartbeat heartbeat, long at, long stoppedAt) {

  public static WorkerLiveness of(
      @Nullable WorkerLiveness before, WorkerHeartbeat heartbeat, long recordTime, long now) {
    long earlier = before == null ? 0 : before.stoppedAt();
    boolean stopped = heartbeat.state() == WorkerState.STOPPED;
    return new WorkerLiveness(heartbeat, now, stopped ? Math.max(earlier, recordTime) : earlier);
  }

  /**
   * Whether nobody works any more on what it began.
   *
   * @param began by the log's clock
   * @param outage until when nobody at all was heard
   */
  public boolean lost(long began, long now, long outage) {
    return began < stoppedAt || silent(now, Math.max(at, outage));
  }

  public boolean silent(long now) {
    return silent(now, at);
  }

  private boolean silent(long now, long since) {
    return now - since >= heartbeat.expiresAfter().toMillis();
  }
}
