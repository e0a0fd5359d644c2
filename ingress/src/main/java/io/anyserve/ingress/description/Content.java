package io.anyserve.ingress.description;

import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A body in one format.
 *
 * @param event schema of what each event of a stream has as its data
 */
record Content(
    String mediaType, Schema schema, Optional<Schema> event, Optional<JsonNode> example) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Of a component's schema. */
  static Content json(String component, String example) {
    return new Content(
        "application/json",
        Schema.ref(component),
        Optional.empty(),
        Optional.of(JSON.readTree(example)));
  }

  /**
   * Server-sent events.
   *
   * @param components the schemas of their data
   */
  static Content events(String example, String... components) {
    Schema[] schemas = Arrays.stream(components).map(Schema::ref).toArray(Schema[]::new);
    return new Content(
        "text/event-stream",
        Schema.object("An event; its data is a " + String.join(" or a ", components) + ".")
            .optional("id", Schema.string(""))
            .optional("event", Schema.string(""))
            .required("data", Schema.string("")),
        Optional.of(schemas.length == 1 ? schemas[0] : Schema.anyOf("", schemas)),
        Optional.of(JsonNodeFactory.instance.stringNode(example)));
  }

  /** Any text, such as a page. */
  static Content text(String mediaType) {
    return new Content(mediaType, Schema.string(""), Optional.empty(), Optional.empty());
  }

  static Content text(String mediaType, String example) {
    return new Content(
        mediaType,
        Schema.string(""),
        Optional.empty(),
        Optional.of(JsonNodeFactory.instance.stringNode(example)));
  }

  /** A property of the parent, named by the media type. */
  void addTo(ObjectNode parent) {
    ObjectNode json = parent.putObject(mediaType);
    json.set("schema", schema.json());
    event.ifPresent(data -> json.set("x-event-schema", data.json()));
    example.ifPresent(value -> json.set("example", value));
  }
}
