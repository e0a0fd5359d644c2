package io.anyserve.objects;

import io.anyserve.objects.ExpirySweeper.Sweep;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;

/** What sweeping came to: {@code looked at = kept + removed + failed}. Thread-safe. */
public final class ExpiryMetrics implements Consumer<Sweep> {

  private static final String PREFIX = "anyserve.objects.sweep.";

  private final Counter kept;
  private final Counter removed;
  private final Counter failed;
  private final Counter bytes;

  public ExpiryMetrics(MeterRegistry registry) {
    kept = looked(registry, "kept");
    removed = looked(registry, "removed");
    failed = looked(registry, "failed");
    bytes =
        Counter.builder(PREFIX + "bytes")
            .description("Bytes of expired objects that were removed")
            .register(registry);
  }

  @Override
  public void accept(Sweep sweep) {
    kept.increment((double) sweep.kept());
    removed.increment((double) sweep.removed());
    failed.increment((double) sweep.failed());
    bytes.increment((double) sweep.bytes());
  }

  private static Counter looked(MeterRegistry registry, String outcome) {
    return Counter.builder(PREFIX + "objects")
        .description("Objects that were looked at for their expiry")
        .tag("outcome", outcome)
        .register(registry);
  }
}
