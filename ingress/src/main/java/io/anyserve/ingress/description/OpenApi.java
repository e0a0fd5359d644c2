package io.anyserve.ingress.description;

import io.anyserve.ingress.admission.RequestCaps;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Routes as an OpenAPI 3.1 document.
 *
 * @see <a href="https://spec.openapis.org/oas/v3.1.1.html">OpenAPI 3.1.1</a>
 */
final class OpenApi {

  private static final String DESCRIPTION = "description";
  private static final String SCHEMA = "schema";

  private static final String ABOUT =
      """
      Inference of language models over Apache Kafka, in OpenAI's format where OpenAI has one.

      - Where any key exists, a call needs `Authorization: Bearer KEY`, and its key the scope that \
      the operation names. Where none exists, every caller is let in.
      - A parameter is honoured, has no effect on any answer, or is refused with its name. Null \
      counts as absent.
      - Every failed call is answered with an `Error`. Any path and method that is not here is a \
      404 or a 405 with `Allow`; a call that is too long before it is one, a 414.
      - `/v1/models`, chats, completions and the tokenizer are also there without `/v1`.
      """;

  private final RequestCaps caps;

  /**
   * @param caps of messages and answers
   */
  OpenApi(RequestCaps caps) {
    this.caps = caps;
  }

  ObjectNode document(Collection<ApiRoute> routes) {
    ObjectNode root = Schema.part().json();
    root.put("openapi", "3.1.1");
    root.putObject("info")
        .put("title", "AnyServe")
        .put("version", "1")
        .put(DESCRIPTION, ABOUT)
        .putObject("license")
        .put("name", "Apache License 2.0")
        .put("identifier", "Apache-2.0");
    root.putArray("servers").addObject().put("url", "/");
    tags(root.putArray("tags"));
    paths(root.putObject("paths"), routes);
    if (routes.stream().anyMatch(route -> route.name().equals(ChatSocketDescription.ROUTE))) {
      root.putObject("x-websockets").set("/chat/ws", ChatSocketDescription.json());
    }
    components(root.putObject("components"));
    return root;
  }

  private static void tags(ArrayNode tags) {
    for (ApiTag tag : ApiTag.values()) {
      tags.addObject().put("name", tag.toString()).put(DESCRIPTION, tag.description());
    }
  }

  private static void paths(ObjectNode paths, Collection<ApiRoute> routes) {
    List<ApiRoute> all =
        routes.stream().sorted(Comparator.comparingInt(OperationTable::place)).toList();
    for (ApiRoute route : all) {
      OperationTable.find(route)
          .ifPresent(
              operation ->
                  paths
                      .withObjectProperty(route.template())
                      .set(
                          route.method().toLowerCase(Locale.ROOT),
                          operation.json(route, OperationTable.isAlias(route))));
    }
  }

  private void components(ObjectNode components) {
    ObjectNode schemas = components.putObject("schemas");
    schemas().forEach((name, schema) -> schemas.set(name, schema.json()));
    ObjectNode headers = components.putObject("headers");
    for (ApiHeader header : headers()) {
      ObjectNode json = headers.putObject(header.header().toLowerCase(Locale.ROOT));
      ObjectNode schema = header.schema().json().deepCopy();
      if (schema.has(DESCRIPTION)) {
        json.set(DESCRIPTION, schema.remove(DESCRIPTION));
      }
      json.set(SCHEMA, schema);
    }
    ObjectNode responses = components.putObject("responses");
    for (ErrorStatus status : ErrorStatus.values()) {
      error(responses.putObject(status.component()), status);
    }
    components
        .putObject("securitySchemes")
        .putObject("key")
        .put("type", "http")
        .put("scheme", "bearer")
        .put(DESCRIPTION, "An API key; none is needed where none exists.");
  }

  private Map<String, Schema> schemas() {
    Map<String, Schema> all = new TreeMap<>();
    var completions = new CompletionBodies(caps);
    completions.addTo(all);
    new ResponseBodies(completions).addTo(all);
    CompletionSchemas.addTo(all);
    ResponseSchemas.addTo(all);
    ConversationSchemas.addTo(all);
    SystemSchemas.addTo(all);
    return all;
  }

  /** Of answers. */
  private static Set<ApiHeader> headers() {
    Set<ApiHeader> all = EnumSet.of(ApiHeader.AUTHENTICATE, ApiHeader.ENTITY_TAG);
    all.addAll(ApiHeader.OF_CALLS);
    all.addAll(ApiHeader.OF_REQUESTS);
    all.addAll(ApiHeader.OF_ERRORS);
    return all;
  }

  private static void error(ObjectNode json, ErrorStatus status) {
    json.put(DESCRIPTION, status.codes());
    ObjectNode headers = json.putObject("headers");
    for (ApiHeader header : ApiHeader.OF_ERRORS) {
      headers.putObject(header.header()).put("$ref", ApiOperation.ref(header));
    }
    if (status == ErrorStatus.UNAUTHORIZED) {
      headers
          .putObject(ApiHeader.AUTHENTICATE.header())
          .put("$ref", ApiOperation.ref(ApiHeader.AUTHENTICATE));
    }
    json.putObject("content")
        .putObject("application/json")
        .putObject(SCHEMA)
        .put("$ref", "#/components/schemas/Error");
  }
}
