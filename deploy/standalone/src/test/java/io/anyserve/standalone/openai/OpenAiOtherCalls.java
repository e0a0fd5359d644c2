package io.anyserve.standalone.openai;

import static io.anyserve.standalone.openai.OpenAiCalls.STORY;
import static io.anyserve.standalone.openai.OpenAiCalls.TOKENS;
import static io.anyserve.standalone.openai.OpenAiCalls.newKey;
import static io.anyserve.standalone.openai.OpenAiCalls.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.core.JsonValue;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.responses.EasyInputMessage;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.inputtokens.InputTokenCountParams;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Texts and responses with OpenAI's client for Java. */
final class OpenAiOtherCalls {

  private final OpenAiCalls api;

  OpenAiOtherCalls(OpenAiCalls api) {
    this.api = api;
  }

  List<ClientCall> all() {
    return List.of(
        new ClientCall("completion as a stream", this::streamed),
        new ClientCall("completion of several prompts with n", this::prompts),
        new ClientCall("completion with stop", this::stop),
        new ClientCall("completion with logprobs as a stream", this::likelihoods),
        new ClientCall("response with instructions", this::instructions),
        new ClientCall("response with the output of another as its input", this::fedBack),
        new ClientCall("response that calls a function, and the next with its output", this::calls),
        new ClientCall("response that calls a function as a stream", this::streamedCall),
        new ClientCall("response with metadata", this::metadata),
        new ClientCall("response that is not stored", this::notStored),
        new ClientCall("response with an idempotency key twice", this::keyed),
        new ClientCall("tokens of the input of a response", this::inputTokens),
        new ClientCall(
            "response with an unknown model",
            () ->
                refused(
                    404, "model_not_found", "model", () -> api.respond(r -> r.model("nobody")))),
        new ClientCall(
            "response with max_output_tokens beyond what an answer may have", this::tooManyTokens));
  }

  private void streamed() {
    List<Completion> pieces = api.streamText(text -> text);
    assertEquals(text(api.complete(text -> text)), written(pieces));
    assertEquals("length", pieces.getLast().choices().getFirst().finishReason().asString());
  }

  private void prompts() {
    Completion answer =
        api.complete(text -> text.promptOfArrayOfStrings(List.of("Once", "There was")).n(2));
    assertEquals(
        List.of(0L, 1L, 2L, 3L), answer.choices().stream().map(CompletionChoice::index).toList());
    assertEquals(4 * TOKENS, answer.usage().orElseThrow().completionTokens());
  }

  private void stop() {
    String word = text(api.complete(text -> text)).strip().split(" ", -1)[3];
    Completion stopped = api.complete(text -> text.stop(word));
    assertFalse(text(stopped).contains(word));
  }

  private void likelihoods() {
    List<Completion> pieces = api.streamText(text -> text.logprobs(2));
    List<String> tokens =
        pieces.stream()
            .flatMap(piece -> piece.choices().stream())
            .flatMap(choice -> choice.logprobs().stream())
            .flatMap(told -> told.tokens().orElseThrow().stream())
            .toList();
    assertEquals(TOKENS, tokens.size());
    assertEquals(written(pieces), String.join("", tokens));
  }

  private void instructions() {
    Response plain = api.respond(response -> response);
    Response told = api.respond(response -> response.instructions("You tell stories."));
    assertTrue(prompt(told) > prompt(plain));
    assertEquals("You tell stories.", told.instructions().orElseThrow().asString());
  }

  private void fedBack() {
    Response first = api.respond(response -> response);
    List<ResponseInputItem> input =
        List.of(
            message("Once upon a time"),
            ResponseInputItem.ofResponseOutputMessage(first.output().getFirst().asMessage()),
            message("And then?"));
    assertTrue(prompt(api.respond(r -> r.inputOfResponse(input))) > prompt(first) + TOKENS);
  }

  private static ResponseInputItem message(String text) {
    return ResponseInputItem.ofEasyInputMessage(
        EasyInputMessage.builder().role(EasyInputMessage.Role.USER).content(text).build());
  }

  private static FunctionTool look() {
    var parameters =
        FunctionTool.Parameters.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties", JsonValue.from(Map.of("at", Map.of("type", "string"))))
            .build();
    return FunctionTool.builder().name("look").parameters(parameters).strict(false).build();
  }

  private static ResponseFunctionToolCall call(Response response) {
    return response.output().stream()
        .flatMap(item -> item.functionCall().stream())
        .findFirst()
        .orElseThrow();
  }

  private void calls() {
    Response first = api.respond(response -> response.maxOutputTokens(200).addTool(look()));
    ResponseFunctionToolCall called = call(first);
    assertEquals("look", called.name());
    ResponseInputItem output =
        ResponseInputItem.ofFunctionCallOutput(
            ResponseInputItem.FunctionCallOutput.builder()
                .callId(called.callId())
                .output("It is a pond.")
                .build());
    Response second =
        api.respond(
            response ->
                response
                    .inputOfResponse(List.of(output))
                    .addTool(look())
                    .previousResponseId(first.id()));
    assertTrue(prompt(second) > prompt(first));
    assertTrue(second.output().getFirst().isMessage());
  }

  private void streamedCall() {
    ResponseCreateParams params =
        ResponsesIT.response(STORY, "Look at it").maxOutputTokens(200).addTool(look()).build();
    var written = ResponseAccumulator.create();
    var arguments = new StringBuilder();
    try (var events = api.client().responses().createStreaming(params)) {
      events.stream()
          .map(written::accumulate)
          .flatMap(event -> event.functionCallArgumentsDelta().stream())
          .forEach(delta -> arguments.append(delta.delta()));
    }
    assertEquals(arguments.toString(), call(written.response()).arguments());
    assertFalse(arguments.isEmpty());
  }

  private void metadata() {
    var metadata =
        ResponseCreateParams.Metadata.builder()
            .putAdditionalProperty("team", JsonValue.from("clients"))
            .build();
    Response created = api.respond(response -> response.metadata(metadata));
    assertEquals(metadata._allProperties(), labels(created));
    assertEquals(
        metadata._allProperties(), labels(api.client().responses().retrieve(created.id())));
  }

  private static Object labels(Response response) {
    return response.metadata().orElseThrow()._allProperties();
  }

  private void notStored() {
    String id = api.respond(response -> response.store(false)).id();
    refused(404, "response_not_found", "response_id", () -> api.client().responses().retrieve(id));
  }

  private void keyed() {
    String key = newKey();
    UnaryOperator<ResponseCreateParams.Builder> keyed =
        response -> response.putAdditionalHeader("Idempotency-Key", key);
    assertEquals(api.respond(keyed), api.respond(keyed));
  }

  private void inputTokens() {
    var counted =
        api.client()
            .responses()
            .inputTokens()
            .count(
                InputTokenCountParams.builder()
                    .model(STORY)
                    .input("Once upon a time")
                    .instructions("You tell stories.")
                    .build());
    Response told = api.respond(response -> response.instructions("You tell stories."));
    assertEquals(prompt(told), counted.inputTokens());
  }

  private void tooManyTokens() {
    var refusal =
        refused(
            400,
            "invalid_value",
            "max_output_tokens",
            () -> api.respond(response -> response.maxOutputTokens(5_000)));
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("max_output_tokens: 5000"),
        refusal::getMessage);
  }

  private static long prompt(Response response) {
    return response.usage().orElseThrow().inputTokens();
  }

  private static String text(Completion answer) {
    return answer.choices().getFirst().text();
  }

  private static String written(List<Completion> pieces) {
    return pieces.stream()
        .flatMap(piece -> piece.choices().stream())
        .map(CompletionChoice::text)
        .collect(Collectors.joining());
  }
}
