package io.anyserve.metering.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.TenantId;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.auth.Caller;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Two tenants' keys and one of somebody who sees all. */
public final class TestKeys {

  public static final String ACME = "secret-of-acme";
  static final String GLOBEX = "secret-of-globex";
  public static final String ADMIN = "secret-of-admin";

  private TestKeys() {}

  public static ApiKeys keys() {
    return new ApiKeys(
        List.of(
            key("key-1", ACME, "acme", false),
            key("key-2", GLOBEX, "globex", false),
            key("root", ADMIN, "acme", true)));
  }

  private static ApiKey key(String id, String secret, String tenant, boolean admin) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
      return new ApiKey(id, HexFormat.of().formatHex(hash), new TenantId(tenant), admin);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Who asks with that key, without going through a server. */
  public static UsageCaller asker(String secret) {
    String header = "Bearer " + secret;
    Caller caller = keys().authenticate(header);
    return new UsageCaller(caller, Optional.of(header), false);
  }
}
