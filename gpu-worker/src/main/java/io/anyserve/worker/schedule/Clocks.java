package io.anyserve.worker.schedule;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/** What the time is, for deadlines, and how long something takes. */
public record Clocks(InstantSource wall, LongSupplier nanos) {

  public static final Clocks SYSTEM = new Clocks(InstantSource.system(), System::nanoTime);
}
