package io.anyserve.contracts.key;

import io.anyserve.contracts.validation.Preconditions;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * What a caller sends, {@code as_ID_RANDOM}: the id of its key finds the hash at once, and 43
 * random characters of base 62 are 256 bits.
 *
 * @param text as it is sent; never logged
 */
public record KeySecret(String id, String text) {

  private static final String PREFIX = "as_";
  private static final String BASE_62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int ID_LENGTH = 12;
  private static final int RANDOM_LENGTH = 43;
  private static final Pattern FORM = Pattern.compile("as_([A-Za-z0-9]{12})_[A-Za-z0-9]{43}");

  public KeySecret {
    Preconditions.that(
        idOf(text).filter(id::equals).isPresent(),
        "key secret",
        text.length() + " characters",
        PREFIX + "ID_ and " + RANDOM_LENGTH + " letters and digits");
  }

  /**
   * Of a new key.
   *
   * @param random fit for secrets, such as {@link java.security.SecureRandom}
   */
  public static KeySecret next(RandomGenerator random) {
    return next(base62(ID_LENGTH, random), random);
  }

  /** Another one of the same key. */
  public static KeySecret next(String id, RandomGenerator random) {
    return new KeySecret(id, PREFIX + id + "_" + base62(RANDOM_LENGTH, random));
  }

  private static String base62(int length, RandomGenerator random) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(BASE_62.charAt(random.nextInt(BASE_62.length())));
    }
    return text.toString();
  }

  /** The id of the key whose secret it may be; empty for text of another form. */
  public static Optional<String> idOf(String text) {
    var matcher = FORM.matcher(text);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return PREFIX + id + "_...";
  }
}
