package io.anyserve.ingress.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.TenantId;
import io.anyserve.runtime.auth.ApiKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Keys that tests configure. */
final class TestApiKeys {

  static final String ACME_SECRET = "sk-test";
  static final ApiKey ACME = new ApiKey("k1", hash(ACME_SECRET), new TenantId("acme"));
  static final String OTHER_SECRET = "sk-other-test";
  static final ApiKey OTHER = new ApiKey("k2", hash(OTHER_SECRET), new TenantId("other"));

  private TestApiKeys() {}

  static String hash(String secret) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
