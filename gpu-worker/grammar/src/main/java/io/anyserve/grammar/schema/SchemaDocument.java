package io.anyserve.grammar.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.grammar.regular.InvalidGrammarException;
import java.net.URLDecoder;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A schema as it was given, and the places that its references name. */
final class SchemaDocument {

  private static final int LONGEST = 256 * 1024;
  private static final int DEEPEST = 100;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxNumberLength(100)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonNode root;

  private SchemaDocument(JsonNode root) {
    this.root = root;
  }

  static SchemaDocument parse(String schema) {
    if (schema.length() > LONGEST) {
      throw InvalidGrammarException.at(
          "#", "schema of " + schema.length() + " characters", "at most " + LONGEST);
    }
    try {
      JsonNode root = JSON.readTree(schema);
      if (!root.isObject() && !root.isBoolean()) {
        throw InvalidGrammarException.at("#", root.toString(), "a schema, which is an object");
      }
      return new SchemaDocument(root);
    } catch (JacksonException e) {
      throw InvalidGrammarException.at(
          "#",
          "not JSON: " + e.getOriginalMessage(),
          "JSON without duplicate names and at most " + DEEPEST + " levels deep");
    }
  }

  Conjunct root() {
    return new Conjunct("#", root, false);
  }

  /** The schema that a reference names. */
  Conjunct referred(String pointer, String reference) {
    if (!reference.equals("#") && !reference.startsWith("#/")) {
      throw InvalidGrammarException.at(
          pointer, reference, "a reference into this schema, such as #/$defs/name");
    }
    Conjunct place = root();
    for (String part :
        reference.equals("#") ? new String[0] : reference.substring(2).split("/", -1)) {
      String token = decoded(pointer, part);
      JsonNode node = place.node();
      JsonNode child =
          node.isArray() && token.matches("\\d{1,6}")
              ? node.get(Integer.parseInt(token))
              : node.get(token);
      if (child == null) {
        throw InvalidGrammarException.at(pointer, reference, "a reference to a place that exists");
      }
      place = place.child(token, child);
    }
    return place;
  }

  private static String decoded(String pointer, String token) {
    try {
      String plain = URLDecoder.decode(token.replace("+", "%2B"), UTF_8);
      return plain.replace("~1", "/").replace("~0", "~");
    } catch (IllegalArgumentException e) {
      throw InvalidGrammarException.at(pointer, token, "a URI fragment");
    }
  }
}
