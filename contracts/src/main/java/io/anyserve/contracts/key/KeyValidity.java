package io.anyserve.contracts.key;

import io.anyserve.contracts.validation.Preconditions;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a key opens anything.
 *
 * @param expiresAt it is refused from then on; empty for never
 */
public record KeyValidity(boolean enabled, Instant createdAt, Optional<Instant> expiresAt) {

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  public KeyValidity {
    expiresAt.ifPresent(
        expires ->
            Preconditions.that(
                expires.isAfter(createdAt) && !expires.isAfter(LATEST),
                "key expires at",
                expires,
                "after " + createdAt + ", at most " + LATEST));
  }

  boolean holds(Instant now) {
    return enabled && !expired(now);
  }

  public boolean expired(Instant now) {
    return expiresAt.filter(expires -> !now.isBefore(expires)).isPresent();
  }

  KeyValidity enabled(boolean next) {
    return new KeyValidity(next, createdAt, expiresAt);
  }
}
