package io.anyserve.ingress.description;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The state of the system, its health and metrics, its pages and this description. */
final class SystemOperations {

  private static final List<ApiHeader> NONE = List.of(ApiHeader.REQUEST_ID);

  private static final String SYSTEM =
      """
      {
        "object": "system",
        "workers": [{"id": "worker-1", "running": 1, "capabilities": ["echo", "story"]}],
        "capabilities": [
          {
            "id": "story",
            "models": ["story"],
            "engines": ["torch"],
            "workers": 1,
            "slots": 16,
            "context_length": 1024
          }
        ],
        "requests": {"in_flight": 1, "waiting": 0},
        "recent": []
      }
      """;

  private SystemOperations() {}

  /** By the names of their routes. */
  static void addTo(Map<String, ApiOperation> operations) {
    operations.put("GET /system", system());
    operations.put("GET /health", health("getHealth"));
    operations.put("HEAD /health", health("headHealth"));
    operations.put("GET /readiness", readiness("getReadiness"));
    operations.put("HEAD /readiness", readiness("headReadiness"));
    operations.put("GET /metrics", metrics());
    operations.put("GET /openapi.json", description());
    operations.put("GET /", page("getChatPage", "The chat page"));
    operations.put("GET /docs", page("getReferencePage", "The page that shows this description"));
    operations.put("GET /assets/{file}", asset());
  }

  private static ApiOperation system() {
    return ApiOperation.of("getSystem", ApiTag.SYSTEM, "Show the state of the system")
        .answers(
            200,
            "What this ingress knows, with the requests of the caller's tenant alone.",
            ApiHeader.OF_CALLS,
            Content.json("System", SYSTEM));
  }

  private static ApiOperation health(String id) {
    return ApiOperation.of(id, ApiTag.SYSTEM, "Tell whether the process answers")
        .answers(200, "It does.", NONE, Content.text("text/plain", "up\n"));
  }

  private static ApiOperation readiness(String id) {
    return ApiOperation.of(id, ApiTag.SYSTEM, "Tell whether every component is ready")
        .answers(200, "It is.", NONE, Content.text("text/plain", "ready\n"))
        .answers(503, "The components that are not.", NONE, Content.text("text/plain"));
  }

  private static ApiOperation metrics() {
    return ApiOperation.of("getMetrics", ApiTag.SYSTEM, "Metrics of the process")
        .says("Over all tenants, so a key needs the scope `admin`.")
        .answers(
            200, "In the format of Prometheus.", ApiHeader.OF_CALLS, Content.text("text/plain"));
  }

  private static ApiOperation description() {
    return ApiOperation.of("getDescription", ApiTag.SYSTEM, "This description")
        .answers(
            200,
            "OpenAPI 3.1.",
            NONE,
            new Content(
                "application/json",
                Schema.object("An OpenAPI document."),
                Optional.empty(),
                Optional.empty()));
  }

  private static ApiOperation page(String id, String summary) {
    return ApiOperation.of(id, ApiTag.SYSTEM, summary)
        .header(ApiHeader.IF_NONE_MATCH)
        .answers(
            200,
            "The page.",
            List.of(ApiHeader.REQUEST_ID, ApiHeader.ENTITY_TAG),
            Content.text("text/html"))
        .answers(304, "The caller's copy is still good.", NONE);
  }

  private static ApiOperation asset() {
    return ApiOperation.of("getPageFile", ApiTag.SYSTEM, "A file of the pages")
        .path("file", Schema.string("Its name.").nonEmpty().example("page.css"))
        .header(ApiHeader.IF_NONE_MATCH)
        .answers(
            200,
            "The file.",
            List.of(ApiHeader.REQUEST_ID, ApiHeader.ENTITY_TAG),
            Content.text("text/html"),
            Content.text("text/javascript"),
            Content.text("text/css"),
            Content.text("text/plain"),
            Content.text("image/svg+xml"),
            Content.text("font/woff2"))
        .answers(304, "The caller's copy is still good.", NONE)
        .fails(ErrorStatus.UNAUTHORIZED, ErrorStatus.NOT_FOUND);
  }
}
