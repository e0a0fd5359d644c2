package io.anyserve.ingress.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.sampling.RequestedSampling;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.ChatMessage;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.ContentPart;
import io.anyserve.v1.EmbeddingInput;
import io.anyserve.v1.EmbeddingInputs;
import io.anyserve.v1.Image;
import io.anyserve.v1.Inference;
import io.anyserve.v1.ObjectRef;
import io.anyserve.v1.OutputFormat;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import io.anyserve.v1.RequiredToolChoice;
import io.anyserve.v1.ToolChoice;
import io.anyserve.v1.ToolDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestValidatorTest {

  private static final RequestStamp ARRIVAL =
      new RequestStamp(
          new RequestId(0x1234, 0x5678),
          new ReplyTo(1, 42),
          Instant.ofEpochMilli(1_000),
          Duration.ofSeconds(30),
          99);
  private static final Caller CALLER = new Caller(new TenantId("acme"), "key-1");

  private final RequestValidator reader = new RequestValidator(1000);

  @Test
  void aWholeRequestBecomesOne() {
    InferenceRequest request =
        read(
            prompt("Once")
                .setSession("s-1")
                .putLabels("team", "blue")
                .setParameters(Parameters.newBuilder().setMaxTokens(7).setTemperature(0.5)));
    assertEquals("acme", request.context().tenant().value());
    assertEquals("key-1", request.context().apiKey());
    assertEquals("s-1", request.context().session().value());
    assertEquals("blue", request.context().labels().get("team"));
    assertEquals(7, request.parameters().maxTokens());
    assertEquals(OptionalDouble.of(0.5), request.parameters().sampling().temperature());
    assertEquals(ARRIVAL.reply(), request.routing().reply());
    assertEquals(Priority.INTERACTIVE, request.routing().priority());
    assertEquals(Optional.of(Instant.ofEpochMilli(31_000)), request.routing().deadline());
  }

  @Test
  void theSeedIsTheCallersOrTheArrivals() {
    assertEquals(99, read(prompt("Once")).parameters().sampling().seed());
    var chosen = prompt("Once").setParameters(Parameters.newBuilder().setSeed(0));
    assertEquals(0, read(chosen).parameters().sampling().seed());
  }

  @Test
  void samplingThatTheCallerLeavesOutIsLeftToTheModel() {
    assertEquals(RequestedSampling.seeded(99), read(prompt("Once")).parameters().sampling());
    var plain = Parameters.newBuilder().setTemperature(1).setTopP(1).setTopK(0);
    var given = read(prompt("Once").setParameters(plain)).parameters().sampling();
    assertEquals(OptionalDouble.of(1), given.temperature());
    assertEquals(OptionalDouble.of(1), given.truncation().topP());
    assertEquals(OptionalInt.of(0), given.truncation().topK());
  }

  @Test
  void aSessionIsMadeUpWhenTheCallerNamesNone() {
    assertEquals(ARRIVAL.request().toString(), read(prompt("Once")).context().session().value());
  }

  @Test
  void dataWithoutATypeIsBytes() {
    var input = Payload.newBuilder().setData(ByteString.copyFromUtf8("x"));
    io.anyserve.contracts.Payload.Bytes data =
        (io.anyserve.contracts.Payload.Bytes) read(prompt("").setInput(input)).input();
    assertEquals("application/octet-stream", data.contentType());
  }

  @ParameterizedTest
  @CsvSource({
    "0, max_tokens: 0 (expected: 1 to 131072)",
    "-1, max_tokens: -1 (expected: 1 to 131072)",
    "2147483647, max_tokens: 2147483647 (expected: 1 to 131072)"
  })
  void tokenLimitsOutOfRangeAreNamed(int maxTokens, String problem) {
    var mistakes =
        mistakes(prompt("Once").setParameters(Parameters.newBuilder().setMaxTokens(maxTokens)));
    assertEquals(List.of(new FieldViolation("parameters.max_tokens", problem)), mistakes);
  }

  @Test
  void aMessageAndAnAnswerMayBeAsLongAsTheCapsSay() {
    var capped = new RequestValidator(1000, new RequestCaps(4, 100, false));
    var within =
        chat("user", "\ud83d\ude00".repeat(4))
            .setParameters(Parameters.newBuilder().setMaxTokens(100));
    assertEquals(100, capped.read(within.build(), CALLER, ARRIVAL).parameters().maxTokens());
    assertEquals(
        100, capped.read(prompt("Once").build(), CALLER, ARRIVAL).parameters().maxTokens());
    var beyond =
        chat("user", "Once ")
            .setParameters(Parameters.newBuilder().setMaxTokens(101).setTopP(0.5))
            .build();
    var thrown =
        assertThrows(InvalidRequestException.class, () -> capped.read(beyond, CALLER, ARRIVAL));
    assertEquals(
        List.of(
            new FieldViolation(
                "input.chat.messages",
                "messages[0].content: 5 characters (expected: at most 4, max-message-characters)"),
            new FieldViolation(
                "parameters.max_tokens",
                "max_tokens: 101 (expected: at most 100, max-answer-tokens)")),
        thrown.mistakes());
    assertEquals(FailureCode.TOO_LARGE, thrown.failure().code());
  }

  @Test
  void anAnswerIsTrimmedOnlyWhereTheCapsSaySo() {
    var trimming = new RequestValidator(1000, new RequestCaps(100, 7, true));
    var request =
        trimming.read(
            prompt("Once")
                .setParameters(Parameters.newBuilder().setMaxTokens(8).setTopP(0.5))
                .build(),
            CALLER,
            ARRIVAL);
    assertEquals(7, request.parameters().maxTokens());
    assertEquals(OptionalDouble.of(0.5), request.parameters().sampling().truncation().topP());
  }

  @Test
  void allMistakesAreNamedAtOnce() {
    var mistakes =
        mistakes(
            Inference.newBuilder()
                .setCapability("Not A Name")
                .setSession("-")
                .setInput(Payload.newBuilder().setText("a\0b"))
                .putLabels("", "empty key")
                .setParameters(Parameters.newBuilder().setTopK(-1).setTopP(2).setMaxTokens(5)));
    assertEquals(
        List.of("capability", "session", "labels", "input", "parameters.top_p", "parameters.top_k"),
        mistakes.stream().map(FieldViolation::field).toList());
    assertTrue(mistakes.get(3).problem().contains("text without NUL"), mistakes.toString());
  }

  @Test
  void emptyInputsOfEveryKindAreRefused() {
    assertEquals("input", mistakes(prompt("")).getFirst().field());
    assertEquals("input", mistakes(chat("user", "")).getFirst().field());
    var data = Payload.newBuilder().setData(ByteString.EMPTY);
    assertEquals("input", mistakes(prompt("").setInput(data)).getFirst().field());
    assertTrue(mistakes(prompt("").clearInput()).getFirst().problem().contains("not set"));
  }

  @Test
  void anUnknownRoleIsRefused() {
    assertTrue(mistakes(chat("boss", "Do it")).getFirst().problem().contains("\"boss\""));
  }

  @Test
  void aPenaltyOutOfRangeIsRefused() {
    var parameters = Parameters.newBuilder().setPresencePenalty(2.5);
    var mistakes = mistakes(prompt("Once").setParameters(parameters));
    assertEquals("parameters.presence_penalty", mistakes.getFirst().field());
  }

  @Test
  void likelihoodsThatCannotBeAreNamed() {
    var parameters =
        Parameters.newBuilder().setLogprobs(21).putLogitBias(7, 101).putLogitBias(8, 1);
    assertEquals(
        List.of("parameters.logprobs", "parameters.logit_bias"),
        mistakes(prompt("Once").setParameters(parameters)).stream()
            .map(FieldViolation::field)
            .toList());
  }

  @Test
  void aFormatThatNoAnswerCanBeKeptToIsNamedByItsKeyword() {
    String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"contains\":{}}}}";
    FieldViolation mistake =
        mistakes(formatted(OutputFormat.newBuilder().setJsonSchema(schema))).getFirst();
    assertEquals("parameters.output_format", mistake.field());
    assertTrue(
        mistake.problem().startsWith("output_format: #/properties/a/contains"), mistake.problem());
    mistake = mistakes(formatted(OutputFormat.newBuilder().setRegex("(?=a)b"))).getFirst();
    assertEquals("parameters.output_format", mistake.field());
    String right = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}";
    for (int i = 0; i < 2; i++) {
      assertEquals(
          new io.anyserve.contracts.sampling.OutputFormat.JsonSchema(right),
          read(formatted(OutputFormat.newBuilder().setJsonSchema(right))).parameters().format());
    }
  }

  private static Inference.Builder formatted(OutputFormat.Builder format) {
    return prompt("Once").setParameters(Parameters.newBuilder().setOutputFormat(format));
  }

  @Test
  void aToolThatMustBeCalledNeedsASchemaThatCallsCanBeKeptTo() {
    var tool = ToolDefinition.newBuilder().setName("look").setParameters("{\"not\":{\"const\":1}}");
    var chat =
        ChatMessages.newBuilder()
            .addMessages(ChatMessage.newBuilder().setRole("user").setContent("Look"))
            .addTools(tool);
    var free = prompt("").setInput(Payload.newBuilder().setChat(chat));
    assertEquals(RequestKind.GENERATE, read(free).kind());
    chat.setToolChoice(
        ToolChoice.newBuilder().setRequired(RequiredToolChoice.getDefaultInstance()));
    FieldViolation mistake =
        mistakes(prompt("").setInput(Payload.newBuilder().setChat(chat))).getFirst();
    assertEquals("input.chat.tools", mistake.field());
    assertTrue(mistake.problem().startsWith("tools: look: #/not"), mistake.problem());
    chat.clearToolChoice().setTools(0, tool.setStrict(true));
    mistake = mistakes(prompt("").setInput(Payload.newBuilder().setChat(chat))).getFirst();
    assertTrue(mistake.problem().startsWith("tools: look: #/not"), mistake.problem());
  }

  @Test
  void aKindThatIsNotKnownIsRefused() {
    assertEquals("kind", mistakes(prompt("Once").setKindValue(99)).getFirst().field());
  }

  @Test
  void anInputAboveTheLimitIsTooLarge() {
    var thrown = thrown(prompt("x".repeat(1001)));
    assertEquals(FailureCode.TOO_LARGE, thrown.failure().code());
    assertTrue(thrown.failure().message().startsWith("input: 1001 bytes (expected: at most 1000"));
  }

  @Test
  void aConversationOfTooManyTurnsIsTooLarge() {
    var turn = ChatMessage.newBuilder().setRole("user").setContent("x").build();
    var turns = Collections.nCopies(RequestValidator.MAX_MESSAGES + 1, turn);
    var chat = ChatMessages.newBuilder().addAllMessages(turns);
    var thrown = thrown(prompt("").setInput(Payload.newBuilder().setChat(chat)));
    assertEquals(FailureCode.TOO_LARGE, thrown.failure().code());
  }

  @Test
  void labelsBeyondTheirNumberAreRefusedOnceAndShort() {
    var many = prompt("Once");
    for (int i = 0; i < 17; i++) {
      many.putLabels("label-" + i, "fine");
    }
    assertEquals(
        List.of("labels: 17 (expected: at most 16)"),
        mistakes(many).stream().map(FieldViolation::problem).toList());
    var wrong = prompt("Once");
    for (int i = 0; i < 500; i++) {
      wrong.putLabels("label-" + i, "x".repeat(257));
    }
    assertEquals(FieldViolations.MOST, mistakes(wrong).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\tb", "a\0b", "a\u0085b", "\u001b[2J"})
  void labelsWithControlCharactersAreRefusedWhereverTheyAre(String text) {
    for (Inference.Builder wrong :
        List.of(prompt("Once").putLabels(text, "x"), prompt("Once").putLabels("x", text))) {
      List<FieldViolation> mistakes = mistakes(wrong);
      assertEquals(List.of("labels"), mistakes.stream().map(FieldViolation::field).toList());
      assertTrue(mistakes.getFirst().problem().startsWith("label "), mistakes.toString());
      assertTrue(mistakes.getFirst().problem().chars().noneMatch(Character::isISOControl));
    }
  }

  @Test
  void stopStringsMayHoldNewlinesAndNoNul() {
    var lines = Parameters.newBuilder().addStop("\n\n");
    assertEquals(
        List.of("\n\n"), read(prompt("Once").setParameters(lines)).parameters().stop().strings());
    var nul = Parameters.newBuilder().addStop("a\0b");
    assertEquals(
        List.of(
            new FieldViolation("parameters.stop", "stop: \"a?b\" (expected: text without NUL)")),
        mistakes(prompt("Once").setParameters(nul)));
  }

  @Test
  void whatTheLedgerWouldRefuseIsRefused() {
    var caller = new Caller(new TenantId("acme"), "k".repeat(AdmissionRules.MAX_API_KEY + 1));
    var thrown =
        assertThrows(
            InvalidRequestException.class,
            () -> reader.read(prompt("Once").build(), caller, ARRIVAL));
    assertEquals(
        List.of(new FieldViolation("inference", "api_key: 257 characters (expected: at most 256)")),
        thrown.mistakes());
  }

  @Test
  void aReferenceWithoutItsHashIsRefused() {
    var object = ObjectRef.newBuilder().setBucket("b").setKey("tenants/acme/x").setSize(1);
    var mistakes = mistakes(prompt("").setInput(Payload.newBuilder().setObject(object)));
    assertTrue(mistakes.getFirst().problem().contains("object.sha256"), mistakes.toString());
  }

  @Test
  void aReferenceThatNeverExpiresIsNoReasonToFail() {
    var object =
        ObjectRef.newBuilder()
            .setBucket("b")
            .setKey("k")
            .setSize(1)
            .setSha256(ByteString.copyFrom(new byte[32]))
            .setExpiresAt(Long.MAX_VALUE);
    var request = read(prompt("").setInput(Payload.newBuilder().setObject(object)));
    assertEquals(
        1, ((io.anyserve.contracts.Payload.ObjectReference) request.input()).object().size());
  }

  @Test
  void textsToEmbedAreCheckedBeforeTheyAreAdmitted() {
    assertEquals(RequestKind.EMBED, read(embed(embeddingInputs("one"))).kind());
    assertEquals(
        List.of(
            new FieldViolation(
                "input",
                "input: text (expected: data of the type application/vnd.anyserve.embedding-inputs)"),
            new FieldViolation(
                "parameters", "parameters: set (expected: none, the request embeds texts)")),
        mistakes(
            embed(Payload.newBuilder().setText("one").build())
                .setParameters(Parameters.newBuilder().setSeed(1))));
    assertEquals(
        List.of(
            new FieldViolation(
                "input",
                "embedding inputs: input: an empty text (expected: at least one character)")),
        mistakes(embed(embeddingInputs("one", ""))));
  }

  private static Inference.Builder embed(Payload input) {
    return prompt("").setInput(input).setKind(io.anyserve.v1.RequestKind.REQUEST_KIND_EMBED);
  }

  private static Payload embeddingInputs(String... texts) {
    var inputs = EmbeddingInputs.newBuilder();
    for (String text : texts) {
      inputs.addInputs(EmbeddingInput.newBuilder().setText(text));
    }
    return Payload.newBuilder()
        .setData(inputs.build().toByteString())
        .setContentType("application/vnd.anyserve.embedding-inputs")
        .build();
  }

  @Test
  void aCapabilityIsAskedForWhatItOffers() {
    var encoder = new CapabilityOffer(new Capability("bge"), "test", "m", 4, true, 512, "", "", 8);
    var knowing = new RequestValidator(1000, RequestCaps.NONE, _ -> Optional.of(encoder));
    var refused =
        assertThrows(
            InvalidRequestException.class,
            () -> knowing.read(prompt("Once").build(), CALLER, ARRIVAL));
    assertEquals(
        List.of(
            new FieldViolation(
                "capability", "capability: story embeds texts (expected: one that writes text)")),
        refused.mistakes());
    assertEquals(
        RequestKind.EMBED,
        knowing.read(embed(embeddingInputs("one")).build(), CALLER, ARRIVAL).kind());
  }

  @Test
  void imagesAreForACapabilityThatTakesThem() {
    var blind = new CapabilityOffer(new Capability("story"), "test", "m", 4, true, 512);
    Inference asked = prompt("").setInput(image(PNG)).build();
    var refused =
        assertThrows(
            InvalidRequestException.class, () -> offering(blind).read(asked, CALLER, ARRIVAL));
    assertEquals("input.chat.messages", refused.mistakes().getFirst().field());
    var seeing = offering(blind.withVision(true));
    assertEquals(PNG.size() + 8, seeing.read(asked, CALLER, ARRIVAL).input().size());
    assertEquals(
        "input",
        thrown(prompt("").setInput(image(PNG.substring(5)))).mistakes().getFirst().field());
  }

  private static final ByteString PNG =
      ByteString.fromHex("89504e470d0a1a0a0000000d494844520000000200000003");

  private static RequestValidator offering(CapabilityOffer offer) {
    return new RequestValidator(1000, RequestCaps.NONE, _ -> Optional.of(offer));
  }

  private static Payload image(ByteString data) {
    var part = ContentPart.newBuilder().setImage(Image.newBuilder().setData(data));
    var message = ChatMessage.newBuilder().setRole("user").addParts(part);
    return Payload.newBuilder().setChat(ChatMessages.newBuilder().addMessages(message)).build();
  }

  private InferenceRequest read(Inference.Builder inference) {
    return reader.read(inference.build(), CALLER, ARRIVAL);
  }

  private InvalidRequestException thrown(Inference.Builder inference) {
    return assertThrows(InvalidRequestException.class, () -> read(inference));
  }

  private List<FieldViolation> mistakes(Inference.Builder inference) {
    return thrown(inference).mistakes();
  }

  private static Inference.Builder prompt(String text) {
    return Inference.newBuilder()
        .setCapability("story")
        .setInput(Payload.newBuilder().setText(text));
  }

  private static Inference.Builder chat(String role, String content) {
    var message = ChatMessage.newBuilder().setRole(role).setContent(content);
    return prompt("")
        .setInput(Payload.newBuilder().setChat(ChatMessages.newBuilder().addMessages(message)));
  }
}
