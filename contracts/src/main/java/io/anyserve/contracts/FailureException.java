package io.anyserve.contracts;

import org.jspecify.annotations.Nullable;

/** Carries a {@link Failure} to the place that answers the caller. */
public final class FailureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  public FailureException(FailureCode code, String message) {
    this(new Failure(code, message), null);
  }

  public FailureException(FailureCode code, String message, @Nullable Throwable cause) {
    this(new Failure(code, message), cause);
  }

  public FailureException(Failure failure, @Nullable Throwable cause) {
    super(failure.toString(), cause);
    this.failure = failure;
  }

  public Failure failure() {
    return failure;
  }
}
