package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.OutputFormat;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.worker.engine.Continuation;
import io.anyserve.worker.engine.Continuation.Answer;
import io.anyserve.worker.torch.precision.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tiny model writes random bytes, unless an output format leaves it less. */
class OutputFormatIT {

  private static final String PROMPT = "Hi the";
  private static final OutputFormat PERSON =
      new OutputFormat.JsonSchema(
          """
          {"type": "object", "additionalProperties": false, "required": ["name", "age", "tags"],
           "properties": {
             "name": {"type": "string", "maxLength": 5},
             "age": {"type": "integer", "minimum": 0, "maximum": 130},
             "tags": {"type": "array", "maxItems": 2, "items": {"enum": ["a", "bc", null]}}}}
          """);
  private static final OutputFormat CODE = new OutputFormat.Regex("[a-f]{3}-[0-9]{2}");

  private static @TempDir Path folder;
  private static TorchEngine engine;
  private static Continuation continuation;

  @BeforeAll
  static void load() throws IOException {
    var options = new TorchModel.Options(Precision.F32, 4, 256, 2);
    engine = TorchEngine.load(TinyModel.write(folder), options);
    continuation = new Continuation(engine);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.8, 1.3})
  void anAnswerMatchesItsSchemaHoweverItIsDrawn(double temperature) {
    for (long seed = 0; seed < 5; seed++) {
      var sampling = new SamplingParams(temperature, 0.95, 40, seed);
      Answer answer = continuation.answer(PROMPT, parameters(sampling, PERSON), List.of());
      JsonNode person = JsonMapper.shared().readTree(answer.text());
      assertEquals(FinishReason.STOP, answer.reason());
      assertEquals(List.of("name", "age", "tags"), List.copyOf(person.propertyNames()));
      assertTrue(person.get("age").isIntegralNumber());
      assertTrue(person.get("tags").size() <= 2);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void anAnswerMatchesItsExpression(double temperature) {
    var sampling = new SamplingParams(temperature, 1, 0, 3);
    Answer answer = continuation.answer(PROMPT, parameters(sampling, CODE), List.of());

    assertTrue(Pattern.matches("[a-f]{3}-[0-9]{2}", answer.text()), answer.text());
    assertEquals(FinishReason.STOP, answer.reason());
  }

  @Test
  void aRequestThatForbidsWhatItsFormatNeedsEndsAndHarmsNobody() {
    var none = new StopCriteria(List.of(), true).withTokens(List.of((int) 'a')).withMinTokens(1);
    GenerationParameters impossible =
        parameters(SamplingParams.GREEDY, new OutputFormat.Regex("a+")).with(none);
    Answer answer = continuation.answer(PROMPT, impossible, List.of());
    assertEquals("", answer.text());
    assertEquals(FinishReason.LENGTH, answer.reason());
    Answer next = continuation.answer(PROMPT, parameters(SamplingParams.GREEDY, CODE), List.of());
    assertTrue(Pattern.matches("[a-f]{3}-[0-9]{2}", next.text()), next.text());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anAnswerGoesOnUnchangedElsewhere(long seed) {
    Answer drawn =
        continuation.check(PROMPT, parameters(new SamplingParams(1, 0.95, 0, seed), PERSON));
    Answer greedy = continuation.check(PROMPT, parameters(SamplingParams.GREEDY, PERSON));

    assertEquals(FinishReason.STOP, drawn.reason());
    assertEquals(FinishReason.STOP, greedy.reason());
  }

  @Test
  void anObjectGoesOnAsLongAsItMay() {
    var sampling = new SamplingParams(1, 1, 0, 11);
    var parameters =
        new GenerationParameters(40, sampling, List.of(), false)
            .with(new OutputFormat.JsonObject());
    Answer answer = continuation.answer(PROMPT, parameters, List.of());

    assertTrue(answer.text().startsWith("{"), answer.text());
  }

  @Test
  void itsLengthMayCutADocument() {
    var parameters =
        new GenerationParameters(5, SamplingParams.GREEDY, List.of(), false).with(PERSON);
    Answer answer = continuation.answer(PROMPT, parameters, List.of());

    assertEquals(FinishReason.LENGTH, answer.reason());
    assertEquals(5, answer.ids().size());
  }

  @Test
  void stopsWorkAsElsewhere() {
    var stop = new StopCriteria(List.of("\"age\""), false);
    Answer strings =
        continuation.answer(
            PROMPT, parameters(SamplingParams.GREEDY, PERSON).with(stop), List.of());
    var tokens = new StopCriteria(List.of(), true).withTokens(Set.of((int) '-'));
    Answer token =
        continuation.answer(
            PROMPT, parameters(SamplingParams.GREEDY, CODE).with(tokens), List.of());

    assertEquals(FinishReason.STOP, strings.reason());
    assertTrue(strings.text().contains("\"name\"") && !strings.text().contains("age"));
    assertTrue(Pattern.matches("[a-f]{3}", token.text()), token.text());
  }

  @Test
  void othersInTheBatchWriteWhatTheyWriteAlone() throws IOException {
    var sampling = new SamplingParams(1, 0.95, 0, 5);
    try (TorchModel model =
        TorchModel.load(folder, new TorchModel.Options(Precision.F32, 4, 256, 2))) {
      int[] prompt = model.prompts().encode(new Payload.Text(PROMPT), 100);
      var free = new GenerationParameters(30, sampling, List.of(), true);
      List<Integer> alone = Answers.of(model, List.of(model.generation(prompt, free))).getFirst();
      List<List<Integer>> together =
          Answers.of(
              model,
              List.of(
                  model.generation(prompt, parameters(sampling, PERSON)),
                  model.generation(prompt, free),
                  model.generation(prompt, parameters(SamplingParams.GREEDY, CODE)),
                  model.generation(prompt, free)));

      assertEquals(alone, together.get(1));
      assertEquals(alone, together.get(3));
    }
  }

  @Test
  void likelihoodsAreThoseOfTheModelItself() {
    Answer free =
        continuation.answer(PROMPT, GenerationParameters.greedy(1).withLogprobs(3), List.of());
    Answer constrained =
        continuation.answer(
            PROMPT, parameters(SamplingParams.GREEDY, CODE).withLogprobs(3), List.of());

    assertEquals(
        free.logprobs().getFirst().getFirst().top(),
        constrained.logprobs().getFirst().getFirst().top());
  }

  @Test
  void anUnsupportedSchemaIsRefusedByItsPlace() {
    var refusal =
        assertThrows(
            FailureException.class,
            () ->
                continuation.answer(
                    PROMPT,
                    GenerationParameters.greedy(5).with(new OutputFormat.JsonSchema("{\"if\":{}}")),
                    List.of()));

    assertEquals(FailureCode.INVALID_REQUEST, refusal.failure().code());
    assertTrue(refusal.failure().message().contains("#/if: unsupported keyword"));
  }

  @Test
  void anEmptyDocumentIsCompleteAtOnce() {
    Answer answer =
        continuation.answer(
            PROMPT, parameters(SamplingParams.GREEDY, new OutputFormat.Regex("a{0}")), List.of());

    assertEquals(List.of(), answer.ids());
    assertEquals(FinishReason.STOP, answer.reason());
  }

  private static GenerationParameters parameters(SamplingParams sampling, OutputFormat format) {
    return new GenerationParameters(200, sampling, List.of(), false).with(format);
  }
}
