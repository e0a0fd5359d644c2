package io.anyserve.contracts;

import java.util.regex.Pattern;

/** One worker process; survives its restarts when configured. */
public record WorkerId(String value) implements Comparable<WorkerId> {

  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  public WorkerId {
    Checks.name("worker", value, VALID);
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
