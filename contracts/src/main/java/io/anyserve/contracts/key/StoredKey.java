package io.anyserve.contracts.key;

import io.anyserve.contracts.validation.NamePattern;
import io.anyserve.contracts.validation.Preconditions;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * An API key as the log holds it. Requests and tokens per minute are quotas of the key: see the
 * topic {@code quotas}.
 *
 * @param id public; appears in the ledger and in quotas
 * @param concurrency most requests of the key that are in flight on one ingress; empty for any
 *     number
 */
public record StoredKey(
    String id, KeyHashes hashes, KeyGrant grant, KeyValidity validity, OptionalInt concurrency) {

  /** Far above what an ingress can have in flight. */
  private static final int MOST_CONCURRENCY = 1_000_000;

  private static final NamePattern ID = NamePattern.anyCase("._-", 64);

  public StoredKey {
    Preconditions.name("key id", id, ID);
    concurrency.ifPresent(
        most ->
            Preconditions.that(
                most >= 1 && most <= MOST_CONCURRENCY,
                "key concurrency",
                most,
                "1 to " + MOST_CONCURRENCY));
  }

  /**
   * Whether that secret opens the key now. Takes the same time for a key that is disabled or
   * expired.
   */
  public boolean accepts(String secret, Instant now) {
    boolean matches = hashes.accept(secret, now);
    return validity.holds(now) && matches;
  }

  /** The same key, enabled or disabled. */
  public StoredKey enabled(boolean enabled) {
    return new StoredKey(id, hashes, grant, validity.enabled(enabled), concurrency);
  }

  /**
   * The same key with another secret.
   *
   * @param previousUntil when the secret it has now is refused
   */
  public StoredKey rotated(KeyHash next, Instant previousUntil) {
    return new StoredKey(id, hashes.rotated(next, previousUntil), grant, validity, concurrency);
  }
}
