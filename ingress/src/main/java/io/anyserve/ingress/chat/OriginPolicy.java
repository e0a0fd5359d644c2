package io.anyserve.ingress.chat;

import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may open a WebSocket: a browser lets every page try, and tells whose it is. Clients
 * that are no browsers name no origin.
 *
 * @param allowed origins beside the server's own, such as {@code https://chat.example.org}
 */
public record OriginPolicy(Set<String> allowed) {

  private static final int FORBIDDEN = 403;

  public OriginPolicy {
    allowed = Set.copyOf(allowed);
    allowed.forEach(OriginPolicy::check);
  }

  private static void check(String origin) {
    if (!origin.matches("https?://[A-Za-z0-9.:\\[\\]-]+")) {
      throw new IllegalArgumentException(
          "chat-origins: " + origin + " (expected: scheme://host or scheme://host:port)");
    }
  }

  /**
   * Throws {@link ApiException}, 403, for the page of another site.
   *
   * @param host that the request was sent to; its own page names the same one
   */
  void check(@Nullable String origin, @Nullable String host) {
    if (origin != null && !allowed.contains(origin) && !isOwn(origin, host)) {
      throw new ApiException(
          ApiError.refused(
              FORBIDDEN,
              "origin_not_allowed",
              Optional.of("Origin"),
              "Origin: another site's page (expected: this server's own, or one of chat-origins)"));
    }
  }

  private static boolean isOwn(String origin, @Nullable String host) {
    try {
      URI uri = URI.create(origin);
      return host != null
          && uri.getScheme() != null
          && uri.getAuthority() != null
          && authority(uri.getAuthority(), uri.getScheme())
              .equals(authority(host, uri.getScheme()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Without the port that the scheme has anyway. */
  private static String authority(String given, String scheme) {
    String lower = given.toLowerCase(Locale.ROOT);
    String usual = scheme.equals("https") ? ":443" : ":80";
    return lower.endsWith(usual) ? lower.substring(0, lower.length() - usual.length()) : lower;
  }
}
