package io.anyserve.jinja;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation as a template sees it: {@code role}, {@code content}, then the rest.
 *
 * @param content a String, a List of content parts, or null (Python's None)
 * @param fields what else the message carries, such as {@code tool_calls} or {@code name}, in order
 */
public record TemplateMessage(
    String role, @Nullable Object content, Map<String, ? extends @Nullable Object> fields) {

  public TemplateMessage {
    if (!(content == null || content instanceof String || content instanceof List)) {
      throw new IllegalArgumentException(
          "message.content: %s (expected: a String, a List of parts or null)"
              .formatted(content.getClass().getName()));
    }
    if (fields.containsKey("role") || fields.containsKey("content")) {
      throw new IllegalArgumentException(
          "message.fields: %s (expected: neither role nor content)".formatted(fields.keySet()));
    }
    fields = Collections.unmodifiableMap(new LinkedHashMap<String, @Nullable Object>(fields));
  }

  public TemplateMessage(String role, @Nullable Object content) {
    this(role, content, Map.of());
  }
}
