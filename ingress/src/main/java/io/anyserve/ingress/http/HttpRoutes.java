package io.anyserve.ingress.http;

import io.anyserve.ingress.description.ApiDescription;
import io.anyserve.ingress.description.ApiRoute;
import io.anyserve.ingress.openai.CompletionKind;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import java.util.List;

/**
 * The paths of the server, below {@code /v1} and without it; {@link RouteScopes} says what each
 * needs.
 *
 * @param description of them all
 * @param more of other parts
 */
public record HttpRoutes(
    ApiDescription description,
    ModelsHandler models,
    CompletionsHandler completions,
    StreamsHandler streams,
    List<RouteGroup> more) {

  /** Paths of the OpenAI API also answer without {@code /v1}. */
  static final List<String> BASES = List.of("/v1", "");

  public HttpRoutes {
    more = List.copyOf(more);
  }

  /** Those that any ingress may have. */
  public static List<ApiRoute> all() {
    return RouteScopes.all();
  }

  void addTo(JavalinConfig config) {
    RoutesConfig routes = config.routes;
    for (String base : BASES) {
      routes.get(base + "/models", models::list);
      routes.get(base + "/models/<id>", models::find);
      routes.post(
          base + "/chat/completions", http -> completions.complete(http, CompletionKind.CHAT));
      routes.post(base + "/completions", http -> completions.complete(http, CompletionKind.TEXT));
    }
    routes.get("/v1/streams", streams::resume);
    routes.get(
        "/openapi.json",
        http -> http.contentType("application/json").result(description.document()));
    more.forEach(group -> group.addTo(config));
  }
}
