package io.anyserve.ingress.http;

import io.anyserve.ingress.openai.CompletionKind;
import io.javalin.config.RoutesConfig;
import java.util.List;

/** The paths of the server, below {@code /v1} and without it. */
public record HttpRoutes(
    ModelsHandler models,
    CompletionsHandler completions,
    StreamsHandler streams,
    List<RouteGroup> others) {

  private static final List<String> BASES = List.of("/v1", "");

  public HttpRoutes {
    others = List.copyOf(others);
  }

  /** Without other paths. */
  public HttpRoutes(ModelsHandler models, CompletionsHandler completions, StreamsHandler streams) {
    this(models, completions, streams, List.of());
  }

  void addTo(RoutesConfig routes) {
    for (String base : BASES) {
      routes.get(base + "/models", models::list);
      routes.get(base + "/models/<id>", models::find);
      routes.post(
          base + "/chat/completions", http -> completions.complete(http, CompletionKind.CHAT));
      routes.post(base + "/completions", http -> completions.complete(http, CompletionKind.TEXT));
    }
    routes.get("/v1/streams", streams::resume);
    others.forEach(group -> group.addTo(routes));
  }
}
