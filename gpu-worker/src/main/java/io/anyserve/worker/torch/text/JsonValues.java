package io.anyserve.worker.torch.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the plain values that a template takes. */
final class JsonValues {

  private JsonValues() {}

  /** A Map with the keys in their order; the text itself where it is no object. */
  static Object object(String json) {
    try {
      JsonNode read = JsonMapper.shared().readTree(json);
      return read != null && read.isObject() ? map(read) : json;
    } catch (JacksonException e) {
      return json;
    }
  }

  private static Map<String, @Nullable Object> map(JsonNode object) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    object.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
    return map;
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isObject()) {
      return map(node);
    }
    if (node.isArray()) {
      List<@Nullable Object> list = new ArrayList<>();
      node.forEach(element -> list.add(value(element)));
      return list;
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    if (node.isNumber()) {
      return node.isIntegralNumber() && node.canConvertToLong()
          ? (Object) node.asLong()
          : (Object) node.asDouble();
    }
    return node.isString() ? node.asString() : null;
  }
}
