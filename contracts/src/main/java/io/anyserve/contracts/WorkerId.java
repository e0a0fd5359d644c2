package io.anyserve.contracts;

import io.anyserve.contracts.validation.NamePattern;
import io.anyserve.contracts.validation.Preconditions;

/** One worker process; survives its restarts when configured. */
public record WorkerId(String value) implements Comparable<WorkerId> {

  private static final NamePattern VALID = NamePattern.anyCase("._-", 128);

  public WorkerId {
    Preconditions.name("worker", value, VALID);
  }

  @Override
  public int compareTo(WorkerId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
