package io.anyserve.contracts;

import io.anyserve.contracts.validation.NamePattern;
import io.anyserve.contracts.validation.Preconditions;

/** Who is billed and whose data stays apart: lower case letters, digits and inner hyphens. */
public record TenantId(String value) implements Comparable<TenantId> {

  private static final NamePattern VALID = NamePattern.lowerCase("-", 64);

  public TenantId {
    Preconditions.name("tenant", value, VALID);
  }

  @Override
  public int compareTo(TenantId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
