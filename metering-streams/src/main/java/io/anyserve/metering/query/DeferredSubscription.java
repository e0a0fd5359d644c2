package io.anyserve.metering.query;

import io.anyserve.metering.store.UsageStore;

/** A watch that may be closed before it is open. Thread-safe. */
public final class DeferredSubscription implements UsageStore.Subscription {

  private UsageStore.Subscription watch = () -> {};
  private boolean closed;

  public void opened(UsageStore.Subscription opened) {
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
    UsageStore.Subscription open;
    synchronized (this) {
      closed = true;
      open = watch;
      watch = () -> {};
    }
    open.close();
  }
}
