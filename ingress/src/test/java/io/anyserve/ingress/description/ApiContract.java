package io.anyserve.ingress.description;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.anyserve.ingress.http.HttpRoutes;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds what a server answers against the description: its status, its format and its body, which
 * must have no property that the description does not name.
 */
public final class ApiContract {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ObjectNode document;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private ApiContract(ObjectNode document) {
    this.document = document;
  }

  /** Of every route, with the default settings. */
  public static ApiContract ofAllRoutes() {
    ObjectNode document = (ObjectNode) JSON.readTree(ApiDescription.openApi(HttpRoutes.all()));
    close(document);
    return new ApiContract(document);
  }

  /** Objects whose properties are listed have no others. */
  private static void close(JsonNode node) {
    node.forEach(ApiContract::close);
    if (node instanceof ObjectNode object
        && object.path("type").asString("").equals("object")
        && object.path("properties").isObject()
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
  }

  /**
   * Fails where the answer is not one of the operation's.
   *
   * @param operation such as {@code GET /v1/models}
   */
  public void check(String operation, HttpResponse<String> response) {
    String what = operation + " " + response.statusCode();
    JsonNode answer =
        resolved(operation(operation).path("responses").path("" + response.statusCode()));
    assertFalse(answer.isMissingNode(), () -> what + ": not described, " + response.body());
    String type = response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    JsonNode content = answer.path("content").path(type);
    assertEquals(
        type.isEmpty(), answer.path("content").isMissingNode(), () -> what + ": content " + type);
    switch (type) {
      case "" -> assertEquals("", response.body(), what);
      case "application/json" ->
          assertValid(what, content.path("schema"), JSON.readTree(response.body()));
      case "text/event-stream" -> checkEvents(what, content.path("x-event-schema"), response);
      default -> assertEquals("string", content.path("schema").path("type").asString(""), what);
    }
  }

  private JsonNode operation(String name) {
    String[] words = name.split(" ", 2);
    JsonNode operation =
        document.path("paths").path(words[1]).path(words[0].toLowerCase(Locale.ROOT));
    assertFalse(operation.isMissingNode(), () -> name + ": not described");
    return operation;
  }

  private JsonNode resolved(JsonNode node) {
    String ref = node.path("$ref").asString("");
    return ref.isEmpty() ? node : document.at(ref.substring(1));
  }

  private void checkEvents(String what, JsonNode schema, HttpResponse<String> response) {
    int events = 0;
    for (String event : response.body().split("\n\n", -1)) {
      String data = data(event);
      if (!data.isEmpty() && !data.equals("[DONE]")) {
        events++;
        boolean failed = event.startsWith("event: error\ndata");
        assertValid(what, failed ? Schema.ref("Error").json() : schema, JSON.readTree(data));
      }
    }
    assertTrue(events > 0, () -> what + ": no events in " + response.body());
  }

  private static String data(String event) {
    return event
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.substring("data: ".length()))
        .findFirst()
        .orElse("");
  }

  /** A schema that may refer to the document's components. */
  void assertValid(String what, JsonNode schema, JsonNode value) {
    assertEquals(List.of(), errors(schema, value), () -> what + ": " + value);
  }

  List<Error> errors(JsonNode schema, JsonNode value) {
    ObjectNode whole = (ObjectNode) schema.deepCopy();
    whole.set("components", document.path("components"));
    return registry.getSchema(whole).validate(value);
  }

  JsonNode document() {
    return document;
  }
}
