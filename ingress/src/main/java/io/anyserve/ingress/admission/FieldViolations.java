package io.anyserve.ingress.admission;

import io.anyserve.contracts.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Collects what is wrong while a request is read, the first few of it: an answer must fit into the
 * trailers of a gRPC call. Owned by one thread.
 */
final class FieldViolations {

  static final int MOST = 8;

  private final List<FieldViolation> found = new ArrayList<>(0);
  private boolean tooLarge;

  /** The value, or a mistake and nothing. */
  <T> Optional<T> read(String field, Supplier<T> value) {
    try {
      return Optional.of(value.get());
    } catch (IllegalArgumentException e) {
      add(field, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  void add(String field, String problem) {
    if (found.size() < MOST) {
      found.add(new FieldViolation(field, problem));
    }
  }

  void addTooLarge(String field, String problem) {
    tooLarge = true;
    add(field, problem);
  }

  void check() {
    if (!found.isEmpty()) {
      throw new InvalidRequestException(
          tooLarge ? FailureCode.TOO_LARGE : FailureCode.INVALID_REQUEST, found);
    }
  }
}
