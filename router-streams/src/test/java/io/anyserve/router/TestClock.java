package io.anyserve.router;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** A clock to turn, and to break for one look at it. A test's thread owns it. */
public final class TestClock implements InstantSource {

  private Instant now;
  private @Nullable Throwable failure;

  public TestClock(Instant now) {
    this.now = now;
  }

  public void turn(Instant to) {
    now = to;
  }

  public void failOnce(Throwable with) {
    failure = with;
  }

  /** Without looking at it. */
  public Instant now() {
    return now;
  }

  @Override
  public Instant instant() {
    Throwable broken = failure;
    failure = null;
    return switch (broken) {
      case null -> now;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(broken);
    };
  }
}
