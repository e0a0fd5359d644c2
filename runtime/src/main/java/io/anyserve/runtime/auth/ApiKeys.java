package io.anyserve.runtime.auth;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers in by their API key. Only hashes are known here. Without any key everybody is {@link
 * Caller#ANONYMOUS}. Thread-safe.
 */
public final class ApiKeys {

  private static final String BEARER = "Bearer ";

  private final List<Entry> entries;

  public ApiKeys(List<ApiKey> keys) {
    this.entries = keys.stream().map(Entry::of).toList();
    long ids = keys.stream().map(ApiKey::id).distinct().count();
    if (ids < keys.size()) {
      throw new IllegalArgumentException("key id: used twice (expected: one key for each id)");
    }
  }

  /**
   * The caller behind an {@code authorization} header; UNAUTHENTICATED when there is none. A header
   * is ignored where no keys are configured, as clients exist that cannot do without.
   *
   * @param authorization {@code Bearer <key>}
   */
  public Caller authenticate(@Nullable String authorization) {
    if (entries.isEmpty()) {
      return Caller.ANONYMOUS;
    }
    if (authorization == null) {
      throw refused("missing");
    }
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw refused("not a bearer token");
    }
    return find(authorization.substring(BEARER.length()).strip());
  }

  /** Compares with every key, each in constant time, whichever matches. */
  private Caller find(String key) {
    byte[] hash = sha256(key);
    @Nullable Caller found = null;
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(entry.sha256, hash)) {
        found = entry.caller;
      }
    }
    if (found == null) {
      throw refused("unknown key");
    }
    return found;
  }

  private static FailureException refused(String found) {
    return new FailureException(
        FailureCode.UNAUTHENTICATED, "authorization: " + found + " (expected: Bearer <API key>)");
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
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
