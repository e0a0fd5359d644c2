package io.anyserve.standalone.simulation;

import java.time.Instant;
import java.time.InstantSource;

/** The time of a run; it moves when the run says so. */
final class Clock implements InstantSource {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private long millis = START.toEpochMilli();

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis);
  }

  @Override
  public long millis() {
    return millis;
  }

  void advance(long by) {
    millis += by;
  }
}
