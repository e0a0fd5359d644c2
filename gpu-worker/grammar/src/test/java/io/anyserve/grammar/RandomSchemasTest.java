package io.anyserve.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.anyserve.grammar.regular.InvalidGrammarException;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Holds what random walks write against a validator that knows nothing of grammars. */
final class RandomSchemasTest {

  private static final int SCHEMAS = 800;
  private static final int WALKS = 2;
  private static final int MUTATIONS = 16;
  private static final int LEISURE = 80;
  private static final int LONGEST = 5000;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final TestVocabulary vocabulary = new TestVocabulary();

  @Test
  void everyWalkEndsInAValidDocument() {
    int compiled = 0;
    int mutated = 0;
    for (int seed = 0; seed < SCHEMAS; seed++) {
      var random = new Random(seed * 7_919_191_919L);
      ObjectNode schema = new RandomSchemas(random).document();
      OutputGrammar grammar;
      try {
        grammar = OutputGrammar.jsonSchema(schema.toString());
      } catch (InvalidGrammarException e) {
        continue;
      }
      compiled++;
      Schema validator = registry.getSchema(schema);
      TokenMasks masks = vocabulary.masks();
      for (int walk = 0; walk < WALKS; walk++) {
        String text = walk(grammar, masks, random, schema);
        assertEquals(List.of(), problems(validator, text), () -> text + " of " + schema);
        for (int i = 0; i < MUTATIONS; i++) {
          String other = mutated(text, random);
          if (JsonSchemaGrammarTest.allows(grammar, other)) {
            assertEquals(List.of(), problems(validator, other), () -> other + " of " + schema);
          } else {
            mutated++;
          }
        }
      }
    }

    assertTrue(compiled >= 500, "compiled " + compiled);
    assertTrue(mutated >= 5000, "refused mutations " + mutated);
  }

  private String walk(OutputGrammar grammar, TokenMasks masks, Random random, ObjectNode schema) {
    var text = new ByteArrayOutputStream();
    GrammarState state = grammar.start();
    for (int i = 0; i < LONGEST; i++) {
      int token = vocabulary.choose(vocabulary.mask(masks, state), random, i > LEISURE);
      String soFar = text.toString(UTF_8);
      assertTrue(token >= 0, () -> "no token behind " + soFar + " of " + schema);
      if (token == vocabulary.end()) {
        return soFar;
      }
      text.writeBytes(vocabulary.bytes(token));
      state = state.advance(vocabulary.bytes(token));
      assertFalse(state.failed(), () -> soFar + " of " + schema);
      if (state.mustEnd()) {
        assertTrue(state.mayEnd(), () -> soFar + " of " + schema);
      }
    }
    throw new AssertionError("no end of " + text.toString(UTF_8) + " of " + schema);
  }

  /** What is wrong with a text. */
  private static List<String> problems(Schema validator, String text) {
    try {
      JsonNode value = JSON.readTree(text);
      return validator
          .validate(
              value,
              context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
          .stream()
          .map(Error::toString)
          .toList();
    } catch (JacksonException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private static String mutated(String text, Random random) {
    var changed = new StringBuilder(text);
    int at = random.nextInt(text.length());
    switch (random.nextInt(3)) {
      case 0 -> changed.deleteCharAt(at);
      case 1 -> changed.insert(at, "\"{}[],:01a\\ ".charAt(random.nextInt(12)));
      default -> changed.setCharAt(at, "\"}],0z".charAt(random.nextInt(6)));
    }
    return changed.toString();
  }

  /** Says what the generator covers. */
  @Test
  void aWalkIsAFunctionOfItsSeed() {
    OutputGrammar grammar = OutputGrammar.json();
    ObjectNode any = JSON.createObjectNode();

    assertEquals(
        walk(grammar, vocabulary.masks(), new Random(7), any),
        walk(grammar, vocabulary.masks(), new Random(7), any));
  }
}
