package io.anyserve.ingress.http;

import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.ingress.access.AllowedOrigins;
import io.anyserve.ingress.access.WebAccess;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pages of other sites away: calls under another host's name, and calls from pages that
 * are not listed. Throws {@link ApiException}. Thread-safe.
 */
record CrossOrigin(WebAccess access) {

  private static final int MISDIRECTED_REQUEST = 421;
  private static final int FORBIDDEN = 403;
  private static final int NO_CONTENT = 204;
  private static final Set<HandlerType> SAFE =
      Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);
  private static final String HOST = "Host";
  private static final String ORIGIN = "Origin";
  private static final String REQUESTED_METHOD = "Access-Control-Request-Method";
  private static final String REQUESTED_HEADERS = "Access-Control-Request-Headers";
  private static final String ALLOWED_METHODS = "GET, POST, PUT, PATCH, DELETE";
  private static final String MAX_AGE_SECONDS = "600";

  private static final String EXPOSED =
      "x-request-id, anyserve-session, retry-after, retry-after-ms, x-should-retry,"
          + " x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests,"
          + " x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens";

  private static final Pattern HEADER_NAMES = Pattern.compile("[A-Za-z0-9_, -]{1,2000}");

  void check(Context http) {
    checkHost(http);
    @Nullable String origin = http.header(ORIGIN);
    if (origin != null) {
      check(http, origin);
    }
  }

  /** Browsers ask nobody before they open a WebSocket, and let every page read it. */
  void checkUpgrade(Context http) {
    checkHost(http);
    @Nullable String origin = http.header(ORIGIN);
    if (origin != null && !access.origins().lists(origin) && !isOwn(http, origin)) {
      throw foreign(origin);
    }
  }

  private void checkHost(Context http) {
    String host = http.req().getServerName();
    if (!access.hosts().allows(host)) {
      throw refused(
          MISDIRECTED_REQUEST,
          "misdirected_request",
          HOST,
          host,
          "localhost, an address, or a name of the setting allowed-hosts");
    }
  }

  private void check(Context http, String origin) {
    http.header("Vary", ORIGIN);
    boolean listed = access.origins().lists(origin);
    boolean preflight =
        http.method().equals(HandlerType.OPTIONS) && http.header(REQUESTED_METHOD) != null;
    if (listed) {
      http.header("Access-Control-Allow-Origin", origin);
      http.header("Access-Control-Expose-Headers", EXPOSED);
      if (preflight) {
        answer(http);
      }
    } else if (preflight || (!SAFE.contains(http.method()) && !isOwn(http, origin))) {
      throw foreign(origin);
    }
  }

  private static ApiException foreign(String origin) {
    return refused(
        FORBIDDEN,
        "origin_not_allowed",
        ORIGIN,
        origin,
        "this server's own, or one of the setting cors-origins");
  }

  /** Pages that are listed may send what they like: their clients have headers of their own. */
  private static void answer(Context http) {
    http.header("Access-Control-Allow-Methods", ALLOWED_METHODS);
    Optional.ofNullable(http.header(REQUESTED_HEADERS))
        .filter(names -> HEADER_NAMES.matcher(names).matches())
        .ifPresent(names -> http.header("Access-Control-Allow-Headers", names));
    http.header("Access-Control-Max-Age", MAX_AGE_SECONDS);
    http.status(NO_CONTENT).skipRemainingHandlers();
  }

  private static boolean isOwn(Context http, String origin) {
    @Nullable String authority = http.header(HOST);
    return authority != null && AllowedOrigins.isOwn(origin, authority);
  }

  private static ApiException refused(
      int status, String code, String header, String given, String expected) {
    return new ApiException(
        ApiError.refused(
            status,
            code,
            Optional.of(header),
            "%s: %s (expected: %s)".formatted(header, Preconditions.printable(given), expected)));
  }
}
