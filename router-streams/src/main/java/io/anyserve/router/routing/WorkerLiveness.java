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
   * Whether it stopped after that began.
   *
   * @param began by the log's clock
   */
  public boolean stoppedSince(long began) {
    return began < stoppedAt;
  }

  public boolean silent(long now) {
    return silent(now, 0);
  }

  /**
   * The same, where the silence of all does not count.
   *
   * @param outage until when nobody at all was heard
   */
  public boolean silent(long now, long outage) {
    return now - Math.max(at, outage) >= heartbeat.expiresAfter().toMillis();
  }
}
