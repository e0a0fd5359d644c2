package io.anyserve.ingress.http;

import static java.util.Map.entry;

import io.anyserve.contracts.key.KeyScope;
import io.anyserve.ingress.description.ApiRoute;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What each route needs, by its method ({@code WS} for a WebSocket) and its path as it is
 * registered. A route that is not in the table cannot be registered.
 */
final class RouteScopes {

  private static final Map<String, Access> ROUTES =
      Map.ofEntries(
          entry("GET /v1/models", Access.INFER),
          entry("GET /v1/models/<id>", Access.INFER),
          entry("POST /v1/chat/completions", Access.INFER),
          entry("POST /v1/completions", Access.INFER),
          entry("GET /v1/streams", Access.INFER),
          entry("GET /models", Access.INFER),
          entry("GET /models/<id>", Access.INFER),
          entry("POST /chat/completions", Access.INFER),
          entry("POST /completions", Access.INFER),
          entry("POST /v1/tokenize", Access.INFER),
          entry("POST /v1/detokenize", Access.INFER),
          entry("POST /tokenize", Access.INFER),
          entry("POST /detokenize", Access.INFER),
          entry("POST /v1/embeddings", Access.INFER),
          entry("POST /embeddings", Access.INFER),
          entry("POST /v1/rerank", Access.INFER),
          entry("POST /rerank", Access.INFER),
          entry("POST /v1/responses", Access.INFER),
          entry("POST /v1/responses/input_tokens", Access.INFER),
          entry("GET /v1/responses/{id}", Access.INFER),
          entry("DELETE /v1/responses/{id}", Access.INFER),
          entry("POST /v1/responses/{id}/cancel", Access.INFER),
          entry("GET /v1/responses/{id}/input_items", Access.INFER),
          entry("GET /sessions", Access.INFER),
          entry("GET /chat/history/{id}", Access.INFER),
          entry("PATCH /chat/history/{id}", Access.INFER),
          entry("DELETE /chat/history/{id}", Access.INFER),
          entry("POST /chat/history/{id}/rollback", Access.INFER),
          entry("GET /chat/history/{id}/export", Access.INFER),
          entry("WS /chat/ws", Access.INFER),
          entry("GET /system", Access.INFER),
          entry("GET /", Access.OPEN),
          entry("GET /docs", Access.OPEN),
          entry("GET /openapi.json", Access.OPEN),
          entry("GET /assets/{file}", Access.OPEN),
          entry("GET /metrics", Access.OPERATE),
          entry("GET /health", Access.OPEN),
          entry("HEAD /health", Access.OPEN),
          entry("GET /readiness", Access.OPEN),
          entry("HEAD /readiness", Access.OPEN));

  /** What a route needs of its caller. */
  enum Access {
    /** Nothing. */
    OPEN,
    /** A key that may run models, where any key exists. */
    INFER,
    /** Where any key exists, one that sees every tenant. */
    OPERATE;

    /** That a key needs; empty where none is needed. */
    Optional<KeyScope> scope() {
      return switch (this) {
        case OPEN -> Optional.empty();
        case INFER -> Optional.of(KeyScope.INFER);
        case OPERATE -> Optional.of(KeyScope.ADMIN);
      };
    }
  }

  private RouteScopes() {}

  /**
   * Throws IllegalStateException for a route that is not in the table. Handlers around routes are
   * no routes: empty.
   *
   * @param method of HTTP
   */
  static Optional<ApiRoute> require(HandlerType method, String path) {
    return method.isHttpMethod() ? Optional.of(require(method.name(), path)) : Optional.empty();
  }

  /** The same for a WebSocket. */
  static ApiRoute requireWebSocket(String path) {
    return require("WS", path);
  }

  private static ApiRoute require(String method, String path) {
    String route = method + " " + path;
    @Nullable Access access = ROUTES.get(route);
    if (access == null) {
      throw new IllegalStateException(
          route + ": a route without access (expected: an entry in RouteScopes)");
    }
    return new ApiRoute(method, path, access.scope());
  }

  /** The whole table. */
  static List<ApiRoute> all() {
    return ROUTES.keySet().stream()
        .map(route -> route.split(" ", 2))
        .map(route -> require(route[0], route[1]))
        .toList();
  }

  /** Whether there is a route of exactly that path, without parameters. */
  static boolean has(String method, String path) {
    return ROUTES.containsKey(method + " " + path);
  }

  /** Whether a path has routes of its own, without parameters. */
  static boolean has(String path) {
    return ROUTES.keySet().stream().anyMatch(route -> route.endsWith(" " + path));
  }

  /** Of the route that will answer a call. {@code HEAD} of a route for GET answers nothing. */
  static Access of(Context http) {
    @Nullable Endpoint matched = http.endpoints().matchedHttpEndpoint();
    return Optional.ofNullable(matched)
        .flatMap(route -> Optional.ofNullable(ROUTES.get(name(route))))
        .orElse(Access.INFER);
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
