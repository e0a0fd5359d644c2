package io.anyserve.runtime.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.key.KeyHash;
import io.anyserve.contracts.key.KeySecret;
import io.anyserve.contracts.key.StoredKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers in by their API key: one of the settings, or one of the topic {@code keys}. Only
 * hashes are known here. Where no key exists at all, everybody is {@link Caller#ANONYMOUS} unless a
 * key is required. Takes no lock. Thread-safe.
 */
public final class ApiKeys {

  private static final String BEARER = "Bearer ";

  /** Compared in place of a key that does not exist, so that a refusal takes the same time. */
  private static final KeyHash NO_KEY = new KeyHash("0".repeat(32), "0".repeat(64));

  private final List<Entry> configured;
  private final StoredKeys stored;
  private final InstantSource clock;
  private final boolean required;

  /** With the keys of the settings alone. */
  public ApiKeys(List<ApiKey> configured) {
    this(configured, false, StoredKeys.none(), InstantSource.system());
  }

  /**
   * With keys that change while the process runs.
   *
   * @param configured the keys of the settings
   * @param required also where no key exists nobody is let in without one
   */
  public ApiKeys(
      List<ApiKey> configured, boolean required, StoredKeys stored, InstantSource clock) {
    this.configured = configured.stream().map(Entry::of).toList();
    this.stored = stored;
    this.clock = clock;
    this.required = required;
    long ids = configured.stream().map(ApiKey::id).distinct().count();
    if (ids < configured.size()) {
      throw new IllegalArgumentException("key id: used twice (expected: one key for each id)");
    }
  }

  /**
   * The caller behind an {@code authorization} header; UNAUTHENTICATED when there is none. The
   * message does not tell an unknown key from one that is disabled or expired. A header is ignored
   * where no keys exist, as clients exist that cannot do without.
   *
   * @param authorization {@code Bearer <key>}
   * @throws FailureException BROKER_UNAVAILABLE while it is not known which keys exist
   */
  public Caller authenticate(@Nullable String authorization) {
    if (open()) {
      return Caller.ANONYMOUS;
    }
    if (authorization == null) {
      throw refused("missing");
    }
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw refused("not a bearer token");
    }
    String secret = authorization.substring(BEARER.length()).strip();
    return findConfigured(secret)
        .or(() -> findStored(secret))
        .orElseThrow(() -> stored.isComplete() ? refused("unknown key") : notRead());
  }

  private boolean open() {
    if (required || !configured.isEmpty() || !stored.isEmpty()) {
      return false;
    }
    if (!stored.isComplete()) {
      throw notRead();
    }
    return true;
  }

  /** Compares with every key, each in constant time, whichever matches. */
  private Optional<Caller> findConfigured(String secret) {
    byte[] hash = sha256(secret);
    @Nullable Caller found = null;
    for (Entry entry : configured) {
      if (MessageDigest.isEqual(entry.sha256, hash)) {
        found = entry.caller;
      }
    }
    return Optional.ofNullable(found);
  }

  private Optional<Caller> findStored(String secret) {
    Optional<StoredKey> key = KeySecret.idOf(secret).flatMap(stored::find);
    if (key.isEmpty()) {
      boolean _ = NO_KEY.matches(secret);
      return Optional.empty();
    }
    return key.filter(one -> one.accepts(secret, clock.instant())).map(ApiKeys::caller);
  }

  private static Caller caller(StoredKey key) {
    return new Caller(key.grant().tenant(), key.id(), key.grant().scopes());
  }

  private static FailureException refused(String found) {
    return new FailureException(
        FailureCode.UNAUTHENTICATED, "authorization: " + found + " (expected: Bearer <API key>)");
  }

  private static FailureException notRead() {
    return new FailureException(
        FailureCode.BROKER_UNAVAILABLE, "API keys: not read from the log yet");
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static final class Entry {

    private final byte[] sha256;
    private final Caller caller;

    private Entry(byte[] sha256, Caller caller) {
      this.sha256 = sha256;
      this.caller = caller;
    }

    static Entry of(ApiKey key) {
      return new Entry(
          HexFormat.of().parseHex(key.sha256()), new Caller(key.tenant(), key.id(), key.admin()));
    }
  }
}
