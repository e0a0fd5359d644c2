package io.anyserve.worker.answer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.grammar.GrammarState;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.grammar.TokenMasks;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds the calls of random answers against a validator that knows nothing of grammars. */
final class StrictCallGrammarTest {

  private static final int ANSWERS = 20;

  private static final String WEATHER =
      """
      {"type": "object", "required": ["city", "unit", "days", "where"],
       "additionalProperties": false,
       "$defs": {"place": {"type": "object", "properties": {"lat": {"type": "number"}},
         "required": ["lat"], "additionalProperties": false}},
       "properties": {"city": {"type": "string"},
         "unit": {"type": "string", "enum": ["C", "", "de\\ng"]},
         "days": {"type": "integer", "minimum": 1, "maximum": 14},
         "where": {"$ref": "#/$defs/place"},
         "code": {"type": "string", "pattern": "^[A-Z]{2}$"},
         "parts": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
         "exact": {"type": ["boolean", "null"]}}}""";

  private static final ToolOptions TOOLS =
      new ToolOptions(
          List.of(
              new ToolDefinition("weather", "", WEATHER, true),
              new ToolDefinition("clock", "", "", true),
              new ToolDefinition("note", "", "{\"type\":\"object\"}", false)),
          ToolChoice.AUTO,
          true);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final MarkedVocabulary vocabulary = new MarkedVocabulary();

  static Stream<Arguments> styles() {
    return Stream.of(ToolCallFormat.values())
        .flatMap(
            format ->
                Stream.of(
                    Arguments.of(format, Optional.empty(), false),
                    Arguments.of(format, Optional.of(ReasoningFormat.THINK), false),
                    Arguments.of(format, Optional.of(ReasoningFormat.BRACKETS), true)));
  }

  @ParameterizedTest
  @MethodSource("styles")
  void everyCallOfAStrictToolFitsItsSchema(
      ToolCallFormat calls, Optional<ReasoningFormat> reasoning, boolean thinking) {
    var format = new AnswerFormat(Optional.of(calls), reasoning);
    OutputGrammar grammar = new StrictCallGrammar(calls, format, TOOLS, thinking).compile();
    TokenMasks masks = vocabulary.masks();
    int strict = 0;
    for (int seed = 0; seed < ANSWERS; seed++) {
      List<Integer> tokens = vocabulary.answer(grammar, masks, new Random(seed));
      var parser = new AnswerParser(format, TOOLS, thinking);
      List<String> pieces = vocabulary.pieces(tokens);
      AnswerTranscript answer = AnswerTranscript.of(parser, pieces);
      for (String call : answer.calls()) {
        strict += call.startsWith("note ") ? 0 : 1;
        requireFits(call, pieces);
      }
    }
    assertTrue(strict >= ANSWERS, "calls of strict tools: " + strict);
  }

  private static void requireFits(String call, List<String> pieces) {
    int space = call.indexOf(' ');
    JsonNode arguments = JSON.readTree(call.substring(space + 1));
    assertTrue(arguments.isObject(), () -> call + " of " + pieces);
    String schema =
        switch (call.substring(0, space)) {
          case "weather" -> WEATHER;
          case "clock" -> "{\"maxProperties\":0}";
          default -> "{}";
        };
    List<String> problems =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(schema)
            .validate(arguments)
            .stream()
            .map(Error::toString)
            .toList();
    assertEquals(List.of(), problems, () -> call + " of " + pieces);
  }

  @ParameterizedTest
  @EnumSource(ToolCallFormat.class)
  void anAnswerGoesOnWhereverItIsCut(ToolCallFormat calls) {
    var format = new AnswerFormat(Optional.of(calls), Optional.empty());
    OutputGrammar grammar = new StrictCallGrammar(calls, format, TOOLS, false).compile();
    List<Integer> tokens = vocabulary.answer(grammar, vocabulary.masks(), new Random(3));
    GrammarState whole = grammar.start();
    for (int cut = 0; cut < tokens.size(); cut++) {
      GrammarState resumed = grammar.start();
      for (int token : tokens.subList(0, cut)) {
        resumed = resumed.advance(vocabulary.bytes(token));
      }
      assertEquals(whole, resumed, "cut at " + cut);
      whole = whole.advance(vocabulary.bytes(tokens.get(cut)));
    }
  }

  @Test
  void textIsFree() {
    GrammarState hermes = start(ToolCallFormat.HERMES);
    for (String text :
        List.of(
            "", "<tool_cal", "<tool_call", "{\"name\": \"Bob\"}", "<<tool_call", "é</tool_call>")) {
      GrammarState state = hermes.advance(text.getBytes(UTF_8));
      assertTrue(state.mayEnd() && state.free(), text);
      assertFalse(state.mustEnd(), text);
    }
    GrammarState llama = start(ToolCallFormat.LLAMA);
    for (String text :
        List.of("{\"city\": 1}", "{\"type\": \"function\", ", "So: {\"name\": \"Bob\"}")) {
      assertTrue(llama.advance(text.getBytes(UTF_8)).free(), text);
    }
  }

  @Test
  void behindATriggerComesACallAndThenTextAgain() {
    GrammarState start = start(ToolCallFormat.HERMES);
    assertTrue(start.advance("a <tool_call>b".getBytes(UTF_8)).failed());
    assertTrue(start.advance("<tool_call>{\"name\": \"rain".getBytes(UTF_8)).failed());
    String call = "<tool_call>\n{\"name\": \"clock\", \"arguments\": {}}";
    assertFalse(start.advance(call.substring(0, 20).getBytes(UTF_8)).free());
    GrammarState behind = start.advance(("I look. " + call).getBytes(UTF_8));
    assertTrue(behind.free() && behind.mayEnd());
    assertTrue(behind.advance(("\n</tool_call>\n" + call + " x").getBytes(UTF_8)).free());
    assertTrue(behind.advance("<tool_call>b".getBytes(UTF_8)).failed());
  }

  @Test
  void aTokenThatGoesOnWrongBehindATriggerIsNotAllowed() {
    TokenMasks masks = vocabulary.masks();
    long[] mask = masks.mask(start(ToolCallFormat.HERMES).advance("<tool_call".getBytes(UTF_8)));
    assertTrue(vocabulary.has(mask, ">\n{\"name\": \""));
    assertTrue(vocabulary.has(mask, ">"));
    assertFalse(vocabulary.has(mask, ">x"));
  }

  @Test
  void whatCannotBeKeptToIsRefusedByItsPlace() {
    assertRefused(
        ToolCallFormat.HERMES,
        "{\"type\":\"object\",\"if\":{\"minProperties\":1}}",
        "tools: odd: #/if");
    assertRefused(
        ToolCallFormat.QWEN_CODER,
        "{\"type\":\"object\",\"properties\":{},\"minProperties\":0}",
        "tools: odd: #/minProperties: set");
  }

  private static void assertRefused(ToolCallFormat calls, String schema, String message) {
    var tools =
        new ToolOptions(
            List.of(new ToolDefinition("odd", "", schema, true)), ToolChoice.AUTO, true);
    var format = new AnswerFormat(Optional.of(calls), Optional.empty());
    var grammar = new StrictCallGrammar(calls, format, tools, false);
    FailureException refusal = assertThrows(FailureException.class, grammar::compile);
    assertEquals(FailureCode.INVALID_REQUEST, refusal.failure().code());
    assertTrue(refusal.failure().message().contains(message), refusal.failure().message());
  }

  private static GrammarState start(ToolCallFormat calls) {
    var format = new AnswerFormat(Optional.of(calls), Optional.empty());
    return new StrictCallGrammar(calls, format, TOOLS, false).compile().start();
  }
}
