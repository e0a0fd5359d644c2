package io.anyserve.contracts;

import java.util.regex.Pattern;

/** Who is billed and whose data stays apart: lower case letters, digits and inner hyphens. */
public record TenantId(String value) implements Comparable<TenantId> {

  private static final Pattern VALID = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

  public TenantId {
    Checks.name("tenant", value, VALID);
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
