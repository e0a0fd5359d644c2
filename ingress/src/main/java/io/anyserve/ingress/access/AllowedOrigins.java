package io.anyserve.ingress.access;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The origins of pages on other hosts that may call this server from a browser. None by default.
 */
public record AllowedOrigins(Set<String> origins) {

  private static final Pattern FORM =
      Pattern.compile("[a-z][a-z0-9+.-]*://(\\[[0-9a-f:.]+]|[a-z0-9._-]+)(:[0-9]{1,5})?");

  /** Any origin at all is no list: keys may exist, or come to exist, that its pages could use. */
  public AllowedOrigins {
    origins = origins.stream().map(AllowedOrigins::origin).collect(Collectors.toUnmodifiableSet());
  }

  private static String origin(String given) {
    String origin = given.toLowerCase(Locale.ROOT);
    if (!FORM.matcher(origin).matches()) {
      throw new IllegalArgumentException(
          "cors-origins: "
              + given
              + " (expected: origins without path, such as https://chat.example; no wildcard)");
    }
    return origin;
  }

  /** Whether pages of that origin are listed. */
  public boolean lists(String origin) {
    return origins.contains(origin.toLowerCase(Locale.ROOT));
  }

  /**
   * Whether a page of that origin is this server's own.
   *
   * @param authority host and port by which the caller names this server
   */
  public static boolean isOwn(String origin, String authority) {
    int scheme = origin.indexOf("://");
    return scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(authority);
  }
}
