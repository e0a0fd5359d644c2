package io.anyserve.contracts;

import java.util.regex.Pattern;

/** What a worker can do and a request asks for; part of topic names. */
public record Capability(String value) implements Comparable<Capability> {

  private static final Pattern VALID = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?");

  public Capability {
    Checks.name("capability", value, VALID);
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
