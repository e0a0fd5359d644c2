package io.anyserve.metering.api;

import io.anyserve.metering.UsageStore.Watch;

/** A watch that may be closed before it is open. Thread-safe. */
final class DeferredSubscription implements Watch {

  private Watch watch = () -> {};
  private boolean closed;

  void opened(Watch opened) {
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
