package io.anyserve.runtime.auth;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.key.KeyHash;
import io.anyserve.contracts.key.KeyHashes;
import io.anyserve.contracts.key.KeySecret;
import io.anyserve.contracts.key.KeyValidity;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * The topic {@code keys}, read and written: the one place that changes keys. Every call is a
 * connection of its own and blocks.
 *
 * <p>Changes of different writers are not lost: a writer that finds another change of the same key
 * between the record it started from and its own record applies its change again, to that one.
 *
 * @param random fit for secrets, such as {@link java.security.SecureRandom}
 */
public record KeyTopic(
    KafkaClients kafka, TopicNames topics, InstantSource clock, RandomGenerator random) {

  /** The longest time for which a secret stays valid after a rotation. */
  public static final Duration LONGEST_OVERLAP = Duration.ofDays(366);

  /**
   * All keys, by id.
   *
   * @param malformed told what could not be read, and where
   */
  public List<StoredKey> list(Consumer<MalformedRecordException> malformed) {
    try (var log = new KeyLog(kafka, topics)) {
      return log.readAll(malformed);
    }
  }

  /** Returns when the key is in the log. */
  public IssuedKey create(NewKey wanted) throws InterruptedException {
    KeySecret secret = KeySecret.next(random);
    StoredKey key =
        new StoredKey(
            secret.id(),
            new KeyHashes(KeyHash.of(secret, random)),
            wanted.grant(),
            new KeyValidity(true, now(), wanted.expiresAt().map(KeyTopic::millis)),
            wanted.concurrency());
    try (var log = new KeyLog(kafka, topics)) {
      log.write(key.id(), Optional.of(key));
    }
    return new IssuedKey(key, secret);
  }

  /** Returns the key as it is then; KEY_NOT_FOUND where there is none. */
  public StoredKey enable(String id, boolean enabled) throws InterruptedException {
    return change(id, key -> key.enabled(enabled));
  }

  /**
   * Gives a key another secret; KEY_NOT_FOUND where there is none.
   *
   * @param overlap for which the secret that it has stays valid
   */
  public IssuedKey rotate(String id, Duration overlap) throws InterruptedException {
    Preconditions.that(
        !overlap.isNegative() && overlap.compareTo(LONGEST_OVERLAP) <= 0,
        "overlap",
        overlap,
        "0 to " + LONGEST_OVERLAP.toDays() + " days");
    KeySecret secret = KeySecret.next(id, random);
    KeyHash hash = KeyHash.of(secret, random);
    Instant previousUntil = now().plus(overlap);
    return new IssuedKey(change(id, key -> key.rotated(hash, previousUntil)), secret);
  }

  /**
   * Deletes a key and returns it as it was; KEY_NOT_FOUND where there is none.
   *
   * @param force also the last one, without which callers may need no key at all; INVALID_REQUEST
   *     otherwise
   */
  public StoredKey delete(String id, boolean force) throws InterruptedException {
    try (var log = new KeyLog(kafka, topics)) {
      List<StoredKey> all = log.readAll(_ -> {});
      StoredKey deleted = log.require(id);
      if (all.size() == 1 && !force) {
        throw new FailureException(
            FailureCode.INVALID_REQUEST,
            "key %s: the last one (expected: another key, or force: without any key callers are let"
                    .formatted(id)
                + " in without one, unless the settings have keys or require-key)");
      }
      log.write(id, Optional.empty());
      return deleted;
    }
  }

  private StoredKey change(String id, UnaryOperator<StoredKey> change) throws InterruptedException {
    try (var log = new KeyLog(kafka, topics)) {
      log.readAll(_ -> {});
      return log.change(id, change);
    }
  }

  private Instant now() {
    return millis(clock.instant());
  }

  /** As the records have it. */
  private static Instant millis(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS);
  }
}
