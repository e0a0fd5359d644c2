package io.anyserve.router.intake;

import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Recognises the sender of a broken JSON object, as far as it can be read. */
final class MalformedJson {

  private static final Set<String> RECOGNISED = Set.of("id", "tenant", "session", "capability");
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final JsonFactory LENIENT =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private MalformedJson() {}

  /** The recognised fields of the outermost object, each as it came first. Never throws. */
  static JsonFields fields(byte[] bytes) {
    ObjectNode found = MAPPER.createObjectNode();
    try (JsonParser parser = LENIENT.createParser(ObjectReadContext.empty(), bytes)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (depth == 1 && token == JsonToken.VALUE_STRING) {
          note(parser, found);
        }
      }
    } catch (JacksonException endsHere) {
      return new JsonFields("", found);
    }
    return new JsonFields("", found);
  }

  private static void note(JsonParser parser, ObjectNode found) {
    String name = parser.currentName();
    if (name != null && RECOGNISED.contains(name) && !found.has(name)) {
      found.put(name, parser.getString());
    }
  }
}
