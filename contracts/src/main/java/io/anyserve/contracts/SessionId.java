package io.anyserve.contracts;

import io.anyserve.contracts.validation.NamePattern;
import io.anyserve.contracts.validation.Preconditions;

/** A conversation or job of a tenant, over which usage is totalled; chosen by the client. */
public record SessionId(String value) implements Comparable<SessionId> {

  private static final NamePattern VALID = NamePattern.anyCase("._:-", 128);

  public SessionId {
    Preconditions.name("session", value, VALID);
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
