package io.anyserve.contracts;

import java.util.regex.Pattern;

/** A conversation or job of a tenant, over which usage is totalled; chosen by the client. */
public record SessionId(String value) implements Comparable<SessionId> {

  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");

  public SessionId {
    Checks.name("session", value, VALID);
  }

  @Override
  public int compareTo(SessionId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
