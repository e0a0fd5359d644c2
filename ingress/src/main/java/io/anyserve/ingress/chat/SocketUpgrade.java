package io.anyserve.ingress.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.ingress.http.ErrorResponses;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.auth.Caller;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request become a WebSocket: with a key in its header or, as browsers set none, offered as
 * a subprotocol, and from the server's own page. Thread-safe.
 */
final class SocketUpgrade {

  static final String PROTOCOL = "anyserve.chat.v1";

  private static final String PROTOCOLS = "Sec-WebSocket-Protocol";
  private static final String KEY_PROTOCOL = "anyserve.key.";
  private static final String CALLER = "anyserve.chat.caller";

  private final ApiKeys keys;

  SocketUpgrade(ApiKeys keys) {
    this.keys = keys;
  }

  /** Answers those that may not; nothing else is done about them then. */
  void check(Context http) throws IOException {
    try {
      admit(http.req());
    } catch (ApiException e) {
      refuse(http, e.error());
    } catch (FailureException e) {
      refuse(http, ApiError.of(e.failure()));
    }
  }

  private static void refuse(Context http, ApiError error) throws IOException {
    http.res().reset();
    ErrorResponses.refuse(error, http.res());
    http.skipRemainingHandlers();
  }

  private void admit(HttpServletRequest request) {
    List<String> offered = protocols(request);
    Caller caller = keys.authenticate(authorization(request, offered));
    caller.require(KeyScope.INFER);
    if (!offered.isEmpty() && !offered.contains(PROTOCOL)) {
      throw new ApiException(
          ApiError.invalid(PROTOCOLS, PROTOCOLS + ": others (expected: " + PROTOCOL + ")"));
    }
    request.setAttribute(CALLER, caller);
  }

  private static @Nullable String authorization(HttpServletRequest request, List<String> offered) {
    @Nullable String header = request.getHeader("Authorization");
    return header != null
        ? header
        : offered.stream()
            .filter(protocol -> protocol.startsWith(KEY_PROTOCOL))
            .findFirst()
            .flatMap(protocol -> decoded(protocol.substring(KEY_PROTOCOL.length())))
            .map(key -> "Bearer " + key)
            .orElse(null);
  }

  private static Optional<String> decoded(String key) {
    try {
      return Optional.of(new String(Base64.getUrlDecoder().decode(key), UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<String> protocols(HttpServletRequest request) {
    return Collections.list(request.getHeaders(PROTOCOLS)).stream()
        .flatMap(header -> Arrays.stream(header.split(",")))
        .map(String::strip)
        .filter(protocol -> !protocol.isEmpty())
        .toList();
  }

  /** Whose socket it becomes. */
  static Caller caller(HttpServletRequest request) {
    return (Caller) request.getAttribute(CALLER);
  }

  /** Empty where the client offered none. */
  static Optional<String> accepted(HttpServletRequest request) {
    return protocols(request).stream().filter(PROTOCOL::equals).findFirst();
  }
}
