package io.anyserve.standalone.openai;

import static io.anyserve.standalone.openai.OpenAiCalls.newKey;
import static io.anyserve.standalone.openai.OpenAiCalls.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.openai.core.JsonValue;
import com.openai.models.FunctionDefinition;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartImage.ImageUrl;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionCreateParams.Stop;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** What is refused, as the exceptions of OpenAI's client for Java. */
final class OpenAiRefusalCalls {

  private static final String INVALID = "invalid_value";
  private static final String UNSUPPORTED = "unsupported_parameter";

  private final OpenAiCalls api;

  OpenAiRefusalCalls(OpenAiCalls api) {
    this.api = api;
  }

  List<ClientCall> all() {
    return List.of(
        bad("n of 0", INVALID, "n", chat -> chat.n(0)),
        bad("more choices than allowed", INVALID, "n", chat -> chat.n(17)),
        bad(
            "max_completion_tokens beyond what an answer may have",
            INVALID,
            "max_completion_tokens",
            chat -> chat.maxCompletionTokens(5_000)),
        bad("temperature out of range", INVALID, "temperature", chat -> chat.temperature(9)),
        bad("too many stop strings", INVALID, "stop", chat -> chat.stop(seventeen())),
        bad(
            "top_logprobs beyond the limit",
            INVALID,
            "top_logprobs",
            chat -> chat.logprobs(true).topLogprobs(21)),
        bad("no messages", INVALID, "messages", chat -> chat.messages(List.of())),
        bad(
            "a tool whose name no function can have",
            INVALID,
            "tools[0].function.name",
            chat -> chat.addTool(look())),
        bad(
            "an unknown parameter",
            UNSUPPORTED,
            "colour",
            chat -> chat.putAdditionalBodyProperty("colour", JsonValue.from("red"))),
        bad(
            "an image",
            INVALID,
            "messages[1].content[0].image_url.url",
            chat -> chat.addUserMessageOfArrayOfContentParts(List.of(image()))),
        new ClientCall("400: as a stream", this::streamed),
        new ClientCall("404: an unknown model", this::unknownModel),
        new ClientCall("413: a body that is too large", this::tooLarge),
        new ClientCall("422: an idempotency key with another body", this::conflict));
  }

  private ClientCall bad(
      String what,
      String code,
      String param,
      UnaryOperator<ChatCompletionCreateParams.Builder> more) {
    return new ClientCall("400: " + what, () -> refused(400, code, param, () -> api.chat(more)));
  }

  private static Stop seventeen() {
    return Stop.ofStrings(IntStream.range(0, 17).mapToObj(i -> "s" + i).toList());
  }

  private static ChatCompletionFunctionTool look() {
    return ChatCompletionFunctionTool.builder()
        .function(FunctionDefinition.builder().name("look it up").build())
        .build();
  }

  private static ChatCompletionContentPart image() {
    var url = ImageUrl.builder().url("data:image/png;base64,AAAA").build();
    return ChatCompletionContentPart.ofImageUrl(
        ChatCompletionContentPartImage.builder().imageUrl(url).build());
  }

  private void streamed() {
    refused(400, INVALID, "n", () -> api.stream(chat -> chat.n(0)));
  }

  private void unknownModel() {
    refused(404, "model_not_found", "model", () -> api.chat(chat -> chat.model("nobody")));
    refused(404, "model_not_found", "model", () -> api.client().models().retrieve("nobody"));
  }

  /** More than once: the client sends while the server answers. */
  private void tooLarge() {
    String large = "a".repeat(6 << 20);
    for (int i = 0; i < 5; i++) {
      var refusal =
          refused(413, "too_large", "", () -> api.chat(chat -> chat.addUserMessage(large)));
      assertEquals(List.of("false"), refusal.headers().values("x-should-retry"));
    }
  }

  private void conflict() {
    String key = newKey();
    api.chat(chat -> chat.putAdditionalHeader("Idempotency-Key", key));
    refused(
        422,
        "idempotency_conflict",
        "",
        () ->
            api.chat(
                chat -> chat.maxCompletionTokens(3).putAdditionalHeader("Idempotency-Key", key)));
  }
}
