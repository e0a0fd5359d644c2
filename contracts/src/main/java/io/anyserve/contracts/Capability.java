package io.anyserve.contracts;

import io.anyserve.contracts.validation.NamePattern;
import io.anyserve.contracts.validation.Preconditions;

/** What a worker can do and a request asks for; part of topic names. */
public record Capability(String value) implements Comparable<Capability> {

  private static final NamePattern VALID = NamePattern.lowerCase(".-", 64);

  public Capability {
    Preconditions.name("capability", value, VALID);
  }

  @Override
  public int compareTo(Capability other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
