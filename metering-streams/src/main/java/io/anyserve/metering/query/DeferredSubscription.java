package io.anyserve.metering.query;

import io.anyserve.metering.store.UsageStore.Watch;

/** A watch that may be closed before it is open. Thread-safe. */
public final class DeferredSubscription implements Watch {

  private Watch watch = () -> {};
  private boolean closed;

  public void opened(Watch opened) {
    synchronized (this) {
      if (!closed) {
        watch = opened;
        return;
      }
    }
    opened.close();
  }

  @Override
  public void close() {
    Watch open;
    synchronized (this) {
      closed = true;
      open = watch;
      watch = () -> {};
    }
    open.close();
  }
}
