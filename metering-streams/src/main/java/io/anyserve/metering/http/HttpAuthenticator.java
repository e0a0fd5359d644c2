package io.anyserve.metering.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.metering.query.QueryChecks;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.auth.Caller;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who asks over HTTP: by the header {@code Authorization: Bearer KEY}, or by a cookie that holds
 * the key for pages, whose event streams cannot send headers. Scripts cannot read the cookie and
 * other sites cannot send it. Thread-safe.
 */
public record HttpAuthenticator(ApiKeys keys) {

  private static final String COOKIE = "anyserve_usage_key";
  private static final String BEARER = "Bearer ";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** UNAUTHENTICATED for others, and PERMISSION_DENIED for keys without the scope usage. */
  UsageCaller asker(Context http) {
    Optional<String> authorization =
        Optional.ofNullable(http.header("Authorization")).or(() -> cookie(http));
    return asker(authorization);
  }

  private UsageCaller asker(Optional<String> authorization) {
    Caller caller = keys.authenticate(authorization.orElse(null));
    caller.require(KeyScope.USAGE);
    return new UsageCaller(caller, authorization, false);
  }

  private static Optional<String> cookie(Context http) {
    @Nullable String value = http.cookie(COOKIE);
    if (value == null || value.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(BEARER + new String(Base64.getUrlDecoder().decode(value), UTF_8));
    } catch (IllegalArgumentException e) {
      throw new FailureException(FailureCode.UNAUTHENTICATED, "cookie: not one of ours", e);
    }
  }

  /** Takes {@code {"key": "..."}} and sets the cookie; fails like {@link #asker}. */
  UsageCaller login(Context http) {
    String key = key(http);
    UsageCaller asker = asker(Optional.of(BEARER + key));
    String value = Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(UTF_8));
    http.cookie(keyCookie(http, value, -1));
    return asker;
  }

  private static String key(Context http) {
    @Nullable String type = http.contentType();
    QueryChecks.that(
        type != null && type.startsWith("application/json"),
        "content-type",
        String.valueOf(type),
        "application/json");
    try {
      JsonNode key = JSON.readTree(http.bodyAsBytes()).path("key");
      QueryChecks.that(key.isString(), "body", "without key", "{\"key\": \"...\"}");
      return key.asString();
    } catch (JacksonException e) {
      throw new IllegalArgumentException("body: not JSON (expected: {\"key\": \"...\"})", e);
    }
  }

  void logout(Context http) {
    http.cookie(keyCookie(http, "", 0));
  }

  private static Cookie keyCookie(Context http, String value, int maxAge) {
    return new Cookie(COOKIE, value, "/", maxAge, secure(http), true, null, SameSite.STRICT);
  }

  /** Behind a proxy that ends TLS, the proxy says so; nobody gains by pretending. */
  private static boolean secure(Context http) {
    return http.req().isSecure() || "https".equals(http.header("X-Forwarded-Proto"));
  }
}
