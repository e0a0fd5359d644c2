package io.anyserve.contracts;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionRulesTest {

  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");
  private static final Duration AHEAD = AdmissionRules.MAX_CLOCK_AHEAD;

  @Test
  void takesAnOrdinaryRequest() {
    RequestContext ordinary = context("key-1", Map.of("team", "search"), NOW.plus(AHEAD));

    AdmissionRules.require(request(ordinary), NOW);

    assertEquals(ordinary, AdmissionRules.plausible(ordinary, NOW));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1_896_091_200_000_000L})
  void refusesATimeThatCannotBe(long acceptedAt) {
    RequestContext impossible = context("", Map.of(), Instant.ofEpochMilli(acceptedAt));

    assertTrue(refusal(impossible).startsWith("accepted_at: "), refusal(impossible));
    assertEquals(NOW, AdmissionRules.plausible(impossible, NOW).acceptedAt());
  }

  @Test
  void refusesAKeyThatIsTooLong() {
    RequestContext tooLong = context("k".repeat(AdmissionRules.MAX_API_KEY + 1), Map.of(), NOW);

    assertEquals("api_key: 257 characters (expected: at most 256)", refusal(tooLong));
    assertEquals("", AdmissionRules.plausible(tooLong, NOW).apiKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "a\nb", "a\u0085b"})
  void refusesControlCharactersInKeysAndLabels(String text) {
    assertEquals(
        "api_key: \"a?b\" (expected: text without control characters)",
        refusal(context("a\nb", Map.of(), NOW)));
    assertTrue(refusal(context(text, Map.of(), NOW)).startsWith("api_key: "));
    assertTrue(refusal(context("", Map.of(text, "v"), NOW)).startsWith("label name: "));
    RequestContext shown = context(text, Map.of(text, "v", "ok", "v"), NOW);
    RequestContext plausible = AdmissionRules.plausible(shown, NOW);
    assertEquals("", plausible.apiKey());
    assertEquals(Map.of("ok", "v"), plausible.labels());
  }

  @Test
  void stopStringsAreContentAndMayBreakLines() {
    var parameters = new GenerationParameters(8, SamplingParams.GREEDY, List.of("\n\n"), false);

    assertEquals(List.of("\n\n"), parameters.stop().strings());
    assertThrows(
        IllegalArgumentException.class,
        () -> new GenerationParameters(8, SamplingParams.GREEDY, List.of("a\0b"), false));
  }

  @Test
  void resultsOfAsynchronousRequestsHaveNoPlaceForLogprobs() {
    GenerationParameters asking = GenerationParameters.greedy(8).withLogprobs(2);
    AdmissionRules.require(request(context("", Map.of(), NOW, false), asking), NOW);
    InferenceRequest asynchronous = request(context("", Map.of(), NOW, true), asking);
    String message =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class, () -> AdmissionRules.require(asynchronous, NOW))
                .getMessage());
    assertTrue(message.startsWith("logprobs: 2 (expected: none"), message);
  }

  @Test
  void asynchronousRequestsAreAnswered() {
    InferenceRequest tokenize =
        request(context("", Map.of(), NOW, true)).with(RequestKind.TOKENIZE);
    assertThrows(IllegalArgumentException.class, () -> AdmissionRules.require(tokenize, NOW));
    AdmissionRules.require(tokenize.with(context("", Map.of(), NOW, false)), NOW);
    AdmissionRules.require(tokenize.with(RequestKind.EMBED), NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "GENERATE,0,",
    "TOKENIZE,0,",
    "DETOKENIZE,384,",
    "EMBED,384,",
    "EMBED,0,capability: story writes text (expected: one that embeds texts)",
    "GENERATE,384,capability: story embeds texts (expected: one that writes text)"
  })
  void aCapabilityWritesTextOrEmbedsIt(RequestKind kind, int dimensions, @Nullable String refusal) {
    Executable check =
        () -> AdmissionRules.requireOffered(kind, new Capability("story"), dimensions);
    if (refusal == null) {
      assertDoesNotThrow(check);
    } else {
      assertEquals(refusal, assertThrows(IllegalArgumentException.class, check).getMessage());
    }
  }

  @Test
  void imagesAreForACapabilityThatTakesThem() {
    var story = new Capability("story");
    var stored =
        new ContentPart.StoredImage(
            new ObjectRef("b", "k", "", 7, "ab".repeat(32), "image/png", Instant.EPOCH));
    var asking = new Payload.Chat(List.of(ChatMessage.ofParts(List.of(stored), "")));
    AdmissionRules.requireVisionOffered(asking, story, true);
    AdmissionRules.requireVisionOffered(new Payload.Text("?"), story, false);
    assertEquals(
        "images: story takes no images (expected: none, or a capability that offers vision)",
        assertThrows(
                IllegalArgumentException.class,
                () -> AdmissionRules.requireVisionOffered(asking, story, false))
            .getMessage());
  }

  @Test
  void toolsAreForACapabilityThatTakesThem() {
    var time = new ToolDefinition("time", "", "", false);
    var turns = List.of(new ChatMessage("user", "?"));
    var story = new Capability("story");
    var asking =
        new Payload.Chat(
            turns, new ToolOptions(List.of(time), ToolChoice.AUTO, true), Optional.empty());
    var keeping =
        new Payload.Chat(
            turns, new ToolOptions(List.of(time), ToolChoice.NONE, true), Optional.empty());

    AdmissionRules.requireToolsOffered(asking, story, true);
    AdmissionRules.requireToolsOffered(keeping, story, false);
    AdmissionRules.requireToolsOffered(new Payload.Text("?"), story, false);
    assertEquals(
        "tools: story takes no tools (expected: none, or a capability that offers tool calls)",
        assertThrows(
                IllegalArgumentException.class,
                () -> AdmissionRules.requireToolsOffered(asking, story, false))
            .getMessage());
  }

  @Test
  void attemptsStayFarBelowWhatAnIntHolds() {
    var reply = new ReplyTo(0, 0);
    var most = RoutingMetadata.MAX_EARLIER_ATTEMPTS;
    var routing = RoutingMetadata.interactive(reply, NOW).after(most);

    assertEquals(most, routing.earlierAttempts());
    assertThrows(IllegalArgumentException.class, () -> routing.after(Integer.MAX_VALUE));
  }

  private static String refusal(RequestContext context) {
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class, () -> AdmissionRules.require(request(context), NOW))
            .getMessage());
  }

  private static InferenceRequest request(RequestContext context) {
    return request(context, GenerationParameters.greedy(8));
  }

  private static InferenceRequest request(RequestContext context, GenerationParameters parameters) {
    return new InferenceRequest(
        new RequestId(1, 2),
        context,
        new Payload.Text("Once"),
        parameters,
        RoutingMetadata.interactive(new ReplyTo(0, 0), NOW));
  }

  private static RequestContext context(
      String apiKey, Map<String, String> labels, Instant acceptedAt) {
    return context(apiKey, labels, acceptedAt, false);
  }

  private static RequestContext context(
      String apiKey, Map<String, String> labels, Instant acceptedAt, boolean asynchronous) {
    return new RequestContext(
        new TenantId("t"),
        new SessionId("s"),
        apiKey,
        new Capability("story"),
        labels,
        acceptedAt,
        asynchronous);
  }
}
