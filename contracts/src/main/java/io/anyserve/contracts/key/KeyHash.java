package io.anyserve.contracts.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.validation.Preconditions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * What is kept of a secret. One round of SHA-256 is enough: a secret has 256 random bits, so nobody
 * can try them all, and a slow hash would be paid by every call.
 *
 * @param salt 16 random bytes, in lower-case hexadecimal digits
 * @param sha256 of the salt and the secret in UTF-8, likewise
 */
public record KeyHash(String salt, String sha256) {

  private static final int SALT_BYTES = 16;
  private static final Pattern SALT = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  public KeyHash {
    Preconditions.that(
        SALT.matcher(salt).matches(),
        "key salt",
        salt.length() + " characters",
        "32 hexadecimal digits");
    Preconditions.that(
        SHA_256.matcher(sha256).matches(),
        "key sha256",
        sha256.length() + " characters",
        "64 hexadecimal digits");
  }

  /** With a new salt. */
  public static KeyHash of(KeySecret secret, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    HexFormat hex = HexFormat.of();
    return new KeyHash(hex.formatHex(salt), hex.formatHex(digest(salt, secret.text())));
  }

  /** Takes the same time wherever the hashes differ. */
  public boolean matches(String secret) {
    HexFormat hex = HexFormat.of();
    return MessageDigest.isEqual(hex.parseHex(sha256), digest(hex.parseHex(salt), secret));
  }

  private static byte[] digest(byte[] salt, String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      return digest.digest(secret.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
