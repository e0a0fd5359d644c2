package io.anyserve.metering.aggregate;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Takes windows away that are too old to be kept: a round over all tenants whenever a minute has
 * passed by the ledger's time, some in each step, so that no step takes long. Owned by the thread
 * of its task.
 */
public final class WindowExpiry {

  private static final int TENANTS = 200;
  private static final int WINDOWS = 5_000;

  private final AggregateStores stores;
  private Instant done = Instant.MIN;
  private Instant round = Instant.MIN;
  private @Nullable String reached;

  public WindowExpiry(AggregateStores stores) {
    this.stores = stores;
  }

  /**
   * One step; true when there is nothing left to take away.
   *
   * @param latest the end of the latest request
   * @param gone gets the key of each window taken away
   */
  public boolean step(Instant latest, Consumer<String> gone) {
    if (reached == null) {
      round = WindowGranularity.MINUTE.startOf(latest);
      if (!round.isAfter(done)) {
        return true;
      }
      reached = "";
    }
    step(reached, gone);
    return reached == null;
  }

  private void step(String from, Consumer<String> gone) {
    int tenants = TENANTS;
    int windows = WINDOWS;
    try (KeyValueIterator<String, byte[]> rest = stores.tenants().range(from, null)) {
      while (rest.hasNext()) {
        String tenant = rest.next().key;
        reached = tenant;
        if (tenants-- == 0 || windows <= 0) {
          return;
        }
        windows -= purge(new TenantId(tenant), windows, gone);
      }
    }
    if (windows > 0) {
      reached = null;
      done = round;
    }
  }

  private int purge(TenantId tenant, int most, Consumer<String> gone) {
    int purged = 0;
    for (WindowGranularity size : WindowGranularity.values()) {
      String first = AggregateKeys.windowsFrom(tenant, size, Instant.EPOCH);
      String oldest = AggregateKeys.windowsFrom(tenant, size, Retention.oldest(size, round));
      purged += purge(first, oldest, most - purged, gone);
    }
    return purged;
  }

  private int purge(String first, String end, int most, Consumer<String> gone) {
    int purged = 0;
    KeyValueStore<String, byte[]> windows = stores.windows();
    try (KeyValueIterator<String, byte[]> old = windows.range(first, end)) {
      while (old.hasNext() && purged < most) {
        String key = old.next().key;
        windows.delete(key);
        gone.accept(key);
        purged++;
      }
    }
    return purged;
  }
}
