package io.anyserve.ingress.access;

import io.github.bucket4j.TimeMeter;
import java.util.function.LongSupplier;

/** The clock of this process, for buckets. */
record NanoClock(LongSupplier nanos) implements TimeMeter {

  @Override
  public long currentTimeNanos() {
    return nanos.getAsLong();
  }

  @Override
  public boolean isWallClockBased() {
    return false;
  }
}
