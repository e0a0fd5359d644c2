package io.anyserve.contracts.topic;

import io.anyserve.contracts.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The topics as an AsyncAPI 3.0.0 document with Kafka bindings 0.5.0. A capability's topics stand
 * under the name "{capability}".
 *
 * @see <a href="https://www.asyncapi.com/docs/reference/specification/v3.0.0">AsyncAPI 3.0.0</a>
 */
public final class AsyncApi {

  private static final String BINDING = "0.5.0";
  private static final String PLACEHOLDER = "capability-name";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private AsyncApi() {}

  /** JSON, indented, ending in a newline. */
  public static String document(TopicCatalogue catalogue) {
    ObjectNode root = JSON.createObjectNode();
    root.put("asyncapi", "3.0.0");
    root.putObject("info")
        .put("title", "AnyServe topics")
        .put("version", "1")
        .put("description", "Every request, every token and every unit of usage is a record.");
    root.put("defaultContentType", "application/x-protobuf");
    ObjectNode channels = root.putObject("channels");
    for (TopicSpec topic : topics(catalogue)) {
      channel(channels.putObject(id(catalogue, topic)), topic);
    }
    return JSON.writeValueAsString(root).replace("\r\n", "\n") + "\n";
  }

  private static List<TopicSpec> topics(TopicCatalogue catalogue) {
    List<TopicSpec> topics = new ArrayList<>(catalogue.of(new Capability(PLACEHOLDER)));
    topics.addAll(catalogue.fixed());
    return topics;
  }

  private static void channel(ObjectNode channel, TopicSpec topic) {
    channel.put("address", named(topic.name()));
    channel.put("description", named(topic.purpose()));
    if (topic.name().contains(PLACEHOLDER)) {
      channel
          .putObject("parameters")
          .putObject("capability")
          .put("description", "What the request asks for.");
    }
    ObjectNode message = channel.putObject("messages").putObject(messageName(topic));
    message.putObject("payload").put("description", payload(topic));
    message
        .putObject("bindings")
        .putObject("kafka")
        .put("bindingVersion", BINDING)
        .putObject("key")
        .put("description", topic.key());
    kafka(channel.putObject("bindings").putObject("kafka"), topic);
  }

  private static void kafka(ObjectNode kafka, TopicSpec topic) {
    kafka.put("bindingVersion", BINDING);
    kafka.put("partitions", topic.partitions());
    ObjectNode settings = kafka.putObject("topicConfiguration");
    settings.putArray("cleanup.policy").add(topic.settings().getOrDefault("cleanup.policy", ""));
    topic.settings().entrySet().stream()
        .filter(setting -> setting.getKey().endsWith(".ms"))
        .sorted(Map.Entry.comparingByKey())
        .forEach(setting -> settings.put(setting.getKey(), Long.parseLong(setting.getValue())));
  }

  /** The name without prefix, in the letters that channel ids may have. */
  private static String id(TopicCatalogue catalogue, TopicSpec topic) {
    return topic
        .name()
        .substring(catalogue.topics().prefix().length())
        .replace(PLACEHOLDER, "capability")
        .replace('.', '-');
  }

  private static String messageName(TopicSpec topic) {
    return Character.isUpperCase(topic.value().charAt(0)) ? topic.value() : "Anything";
  }

  private static String payload(TopicSpec topic) {
    return Character.isUpperCase(topic.value().charAt(0))
        ? "anyserve.v1." + topic.value() + " in protobuf"
        : topic.value();
  }

  private static String named(String text) {
    return text.replace(PLACEHOLDER, "{capability}");
  }
}
