package io.anyserve.ingress.description;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An OpenAPI document as a Postman collection: a folder for each tag, a request for each operation
 * with its example. The server and the key are variables.
 *
 * @see <a href="https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html">Postman
 *     collection 2.1.0</a>
 */
final class PostmanCollection {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final String SERVER = "server";
  private static final String VALUE = "value";
  private static final String DESCRIPTION = "description";

  private PostmanCollection() {}

  static ObjectNode of(JsonNode document) {
    ObjectNode root = Schema.part().json();
    root.putObject("info")
        .put("name", document.path("info").path("title").asString())
        .put(DESCRIPTION, document.path("info").path(DESCRIPTION).asString())
        .put("schema", "https://schema.getpostman.com/json/collection/v2.1.0/collection.json");
    variable(root.putArray("variable"), SERVER, "http://127.0.0.1:7407");
    variable(root.withArrayProperty("variable"), "key", "none");
    variable(root.putObject("auth").put("type", "bearer").putArray("bearer"), "token", "{{key}}");
    Map<String, ArrayNode> folders = folders(document, root.putArray("item"));
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation ->
                            add(folders, path.getKey(), operation.getKey(), operation.getValue())));
    return root;
  }

  private static void variable(ArrayNode variables, String name, String value) {
    variables.addObject().put("key", name).put(VALUE, value).put("type", "string");
  }

  private static Map<String, ArrayNode> folders(JsonNode document, ArrayNode items) {
    Map<String, ArrayNode> folders = new LinkedHashMap<>();
    for (JsonNode tag : document.path("tags")) {
      String name = tag.path("name").asString();
      ObjectNode folder = items.addObject().put("name", name);
      folder.put(DESCRIPTION, tag.path(DESCRIPTION).asString());
      folders.put(name, folder.putArray("item"));
    }
    return folders;
  }

  /** Paths that mean the same come once. */
  private static void add(
      Map<String, ArrayNode> folders, String path, String method, JsonNode operation) {
    ArrayNode folder = folders.get(operation.path("tags").path(0).asString());
    if (folder != null && !operation.has("x-alias-of")) {
      ObjectNode item = folder.addObject();
      item.put("name", operation.path("summary").asString());
      request(item.putObject("request"), path, method, operation);
    }
  }

  private static void request(ObjectNode request, String path, String method, JsonNode operation) {
    request.put("method", method.toUpperCase(Locale.ROOT));
    request.put(DESCRIPTION, operation.path(DESCRIPTION).asString());
    if (operation.path("security").isEmpty()) {
      request.putObject("auth").put("type", "noauth");
    }
    ArrayNode headers = request.putArray("header");
    JsonNode body = operation.path("requestBody").path("content").path("application/json");
    if (!body.isMissingNode()) {
      headers.addObject().put("key", "Content-Type").put(VALUE, "application/json");
      body(request.putObject("body"), body.path("example"));
    }
    url(request.putObject("url"), path, operation.path("parameters"));
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.path("in").asString().equals("header")) {
        described(headers.addObject(), parameter);
      }
    }
  }

  private static void body(ObjectNode body, JsonNode example) {
    body.put("mode", "raw").put("raw", JSON.writeValueAsString(example));
    body.putObject("options").putObject("raw").put("language", "json");
  }

  private static void url(ObjectNode url, String path, JsonNode parameters) {
    String postman = path.replaceAll("\\{(\\w+)}", ":$1");
    url.put("raw", "{{server}}" + postman);
    url.putArray("host").add("{{server}}");
    ArrayNode segments = url.putArray("path");
    for (String segment : postman.substring(1).split("/", -1)) {
      segments.add(segment);
    }
    for (JsonNode parameter : parameters) {
      switch (parameter.path("in").asString()) {
        case "query" -> described(url.withArrayProperty("query").addObject(), parameter);
        case "path" -> described(url.withArrayProperty("variable").addObject(), parameter);
        default -> {}
      }
    }
  }

  /** What need not be given is there and switched off. */
  private static void described(ObjectNode json, JsonNode parameter) {
    json.put("key", parameter.path("name").asString());
    json.put(VALUE, parameter.path("schema").path("examples").path(0).asString(""));
    json.put(DESCRIPTION, parameter.path(DESCRIPTION).asString(""));
    if (!parameter.path("required").asBoolean()) {
      json.put("disabled", true);
    }
  }
}
