package io.anyserve.router.connection;

import java.util.ArrayList;
import java.util.List;

/**
 * The connection of one worker as it is now. Times are milliseconds since the epoch, by the
 * router's clock.
 *
 * @param process of that name that connected last
 * @param call its latest
 * @param heardAt when its last keep-alive came
 * @param endedAt when the call ended; 0 while it is open
 * @param left the worker said that it has stopped
 * @param lostBefore what was seen to begin before that belongs to an earlier process
 * @param republished what was published again a short while ago
 */
record WorkerLink(
    long process,
    WorkerCall call,
    long heardAt,
    long endedAt,
    boolean left,
    long lostBefore,
    List<Told> republished) {

  /** Since when the worker has to know of an attempt. */
  record Told(SupersededAttempt attempt, long at) {}

  WorkerLink {
    republished = List.copyOf(republished);
  }

  /** Of the first process of its name. */
  static WorkerLink first(long process, WorkerCall call, long now) {
    return new WorkerLink(process, call, now, 0, false, 0, List.of());
  }

  /**
   * Whether a keep-alive says nothing: of an older call, as it came late, or after the last one.
   */
  boolean ignores(WorkerCall on) {
    return on.number() < call.number() || (left && on.equals(call));
  }

  WorkerLink heard(long by, WorkerCall on, long now) {
    if (ignores(on)) {
      return this;
    }
    return by == process
        ? new WorkerLink(by, on, now, 0, false, lostBefore, republished)
        : new WorkerLink(by, on, now, 0, false, now, List.of());
  }

  WorkerLink ended(long now) {
    return endedAt > 0 ? this : with(heardAt, now, left);
  }

  WorkerLink left(long now) {
    return with(now, now, true);
  }

  /** Every pause begins anew: the router could not hear anything. */
  WorkerLink stoodStill(long now) {
    return with(Math.max(heardAt, now), endedAt > 0 ? Math.max(endedAt, now) : 0, left);
  }

  private WorkerLink with(long heard, long ended, boolean gone) {
    return new WorkerLink(process, call, heard, ended, gone, lostBefore, republished);
  }

  WorkerLink told(List<SupersededAttempt> attempts, long now, long keptSince) {
    List<Told> kept = new ArrayList<>(republished);
    kept.removeIf(told -> told.at() < keptSince);
    attempts.forEach(attempt -> kept.add(new Told(attempt, now)));
    return new WorkerLink(process, call, heardAt, endedAt, left, lostBefore, kept);
  }

  boolean open() {
    return endedAt == 0;
  }
}
