package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.RouteAccess.INFER;
import static io.anyserve.ingress.http.RouteAccess.OPEN;
import static io.anyserve.ingress.http.RouteAccess.OPERATE;
import static java.util.Map.entry;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What each route needs, by its method ({@code WS} for a WebSocket) and its path as it is
 * registered. A route that is not in the table cannot be registered.
 */
final class RouteScopes {

  private static final Map<String, RouteAccess> ROUTES =
      Map.ofEntries(
          entry("GET /v1/models", INFER),
          entry("GET /v1/models/<id>", INFER),
          entry("POST /v1/chat/completions", INFER),
          entry("POST /v1/completions", INFER),
          entry("GET /v1/streams", INFER),
          entry("GET /models", INFER),
          entry("GET /models/<id>", INFER),
          entry("POST /chat/completions", INFER),
          entry("POST /completions", INFER),
          entry("POST /v1/tokenize", INFER),
          entry("POST /v1/detokenize", INFER),
          entry("POST /tokenize", INFER),
          entry("POST /detokenize", INFER),
          entry("POST /v1/responses", INFER),
          entry("GET /v1/responses/{id}", INFER),
          entry("DELETE /v1/responses/{id}", INFER),
          entry("POST /v1/responses/{id}/cancel", INFER),
          entry("GET /v1/responses/{id}/input_items", INFER),
          entry("GET /sessions", INFER),
          entry("GET /chat/history/{id}", INFER),
          entry("PATCH /chat/history/{id}", INFER),
          entry("DELETE /chat/history/{id}", INFER),
          entry("POST /chat/history/{id}/rollback", INFER),
          entry("GET /chat/history/{id}/export", INFER),
          entry("WS /chat/ws", INFER),
          entry("GET /system", INFER),
          entry("GET /", OPEN),
          entry("GET /assets/{file}", OPEN),
          entry("GET /metrics", OPERATE),
          entry("GET /health", OPEN),
          entry("HEAD /health", OPEN),
          entry("GET /readiness", OPEN),
          entry("HEAD /readiness", OPEN));

  private RouteScopes() {}

  /**
   * Throws IllegalStateException for a route that is not in the table.
   *
   * @param method of HTTP; handlers around routes are no routes
   */
  static void require(HandlerType method, String path) {
    if (method.isHttpMethod()) {
      require(method.name() + " " + path);
    }
  }

  /** The same for a WebSocket. */
  static void requireWebSocket(String path) {
    require("WS " + path);
  }

  private static void require(String route) {
    if (!ROUTES.containsKey(route)) {
      throw new IllegalStateException(
          route + ": a route without access (expected: an entry in RouteScopes)");
    }
  }

  /** Of the route that will answer a call. {@code HEAD} of a route for GET answers nothing. */
  static RouteAccess of(Context http) {
    @Nullable Endpoint matched = http.endpoints().matchedHttpEndpoint();
    return Optional.ofNullable(matched)
        .flatMap(route -> Optional.ofNullable(ROUTES.get(name(route))))
        .orElse(INFER);
  }

  /** For logs: never the path that the client sent. */
  static String name(Context http) {
    @Nullable Endpoint matched = http.endpoints().matchedHttpEndpoint();
    return matched == null ? http.method().name() + " none" : name(matched);
  }

  private static String name(Endpoint route) {
    return route.method.name() + " " + route.path;
  }
}
