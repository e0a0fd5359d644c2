package io.anyserve.contracts.key;

import java.time.Instant;
import java.util.Optional;

/**
 * Which secrets open a key.
 *
 * @param previous of the secret before the last rotation
 */
public record KeyHashes(KeyHash current, Optional<Previous> previous) {

  /**
   * A secret that another one replaces.
   *
   * @param validUntil it is refused from then on
   */
  public record Previous(KeyHash hash, Instant validUntil) {}

  /** Of a key that was never rotated. */
  public KeyHashes(KeyHash current) {
    this(current, Optional.empty());
  }

  /** Both hashes are compared whichever matches. */
  boolean accept(String secret, Instant now) {
    boolean first = current.matches(secret);
    boolean second = previous.filter(one -> accepts(one, secret, now)).isPresent();
    return first || second;
  }

  private static boolean accepts(Previous previous, String secret, Instant now) {
    return previous.hash().matches(secret) && now.isBefore(previous.validUntil());
  }

  KeyHashes rotated(KeyHash next, Instant validUntil) {
    return new KeyHashes(next, Optional.of(new Previous(current, validUntil)));
  }
}
