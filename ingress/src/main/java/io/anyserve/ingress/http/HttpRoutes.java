package io.anyserve.ingress.http;

import io.anyserve.ingress.openai.CompletionKind;
import io.javalin.config.RoutesConfig;
import java.util.List;

/**
 * The paths of the server, below {@code /v1} and without it; {@link RouteScopes} says what each
 * needs.
 */
public record HttpRoutes(
    ModelsHandler models,
    CompletionsHandler completions,
    StreamsHandler streams,
    OperationsHandler operations) {

  private static final List<String> BASES = List.of("/v1", "");

  void addTo(RoutesConfig routes) {
    for (String base : BASES) {
      routes.get(base + "/models", models::list);
      routes.get(base + "/models/<id>", models::find);
      routes.post(
          base + "/chat/completions", http -> completions.complete(http, CompletionKind.CHAT));
      routes.post(base + "/completions", http -> completions.complete(http, CompletionKind.TEXT));
    }
    routes.get("/v1/streams", streams::resume);
    routes.get("/metrics", operations::metrics);
    routes.get("/health", operations::health).head("/health", operations::health);
    routes.get("/readiness", operations::readiness).head("/readiness", operations::readiness);
  }
}
