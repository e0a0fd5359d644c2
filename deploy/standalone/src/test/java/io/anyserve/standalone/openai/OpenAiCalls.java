package io.anyserve.standalone.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.function.Executable;

/** OpenAI's client for Java, and what most calls ask of it. */
record OpenAiCalls(OpenAIClient client) {

  static final String STORY = "story";
  static final int TOKENS = 12;

  private static final String IGNORE_EOS = "ignore_eos";

  @SuppressWarnings("deprecation") // OpenAI keeps seed, but no longer promises anything for it.
  static ChatCompletionCreateParams.Builder chatParameters() {
    return ChatCompletionCreateParams.builder()
        .model(STORY)
        .addUserMessage("Once upon a time")
        .maxCompletionTokens(TOKENS)
        .seed(7)
        .putAdditionalBodyProperty(IGNORE_EOS, JsonValue.from(true));
  }

  ChatCompletion chat(UnaryOperator<ChatCompletionCreateParams.Builder> more) {
    return client.chat().completions().create(more.apply(chatParameters()).build());
  }

  List<ChatCompletionChunk> stream(UnaryOperator<ChatCompletionCreateParams.Builder> more) {
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(more.apply(chatParameters()).build())) {
      return stream.stream().toList();
    }
  }

  Completion complete(UnaryOperator<CompletionCreateParams.Builder> more) {
    return client.completions().create(more.apply(completionParameters()).build());
  }

  List<Completion> streamText(UnaryOperator<CompletionCreateParams.Builder> more) {
    try (StreamResponse<Completion> stream =
        client.completions().createStreaming(more.apply(completionParameters()).build())) {
      return stream.stream().toList();
    }
  }

  @SuppressWarnings("deprecation")
  private static CompletionCreateParams.Builder completionParameters() {
    return CompletionCreateParams.builder()
        .model(STORY)
        .prompt("Once")
        .maxTokens(TOKENS)
        .seed(7)
        .putAdditionalBodyProperty(IGNORE_EOS, JsonValue.from(true));
  }

  Response respond(UnaryOperator<ResponseCreateParams.Builder> more) {
    return client
        .responses()
        .create(more.apply(ResponsesIT.response(STORY, "Once upon a time")).build());
  }

  /** That the model ends by itself. */
  static ChatCompletionCreateParams.Builder toItsEnd(ChatCompletionCreateParams.Builder chat) {
    return chat.maxCompletionTokens(2_048)
        .putAdditionalBodyProperty(IGNORE_EOS, JsonValue.from(false));
  }

  /** Of the only choice. */
  static String text(ChatCompletion answer) {
    assertEquals(1, answer.choices().size());
    return answer.choices().getFirst().message().content().orElseThrow();
  }

  /** Of one choice, which must end once. */
  static String text(List<ChatCompletionChunk> chunks, int choice, String end) {
    List<ChatCompletionChunk.Choice> parts =
        chunks.stream()
            .flatMap(chunk -> chunk.choices().stream())
            .filter(part -> part.index() == choice)
            .toList();
    assertEquals(
        List.of(end),
        parts.stream()
            .flatMap(part -> part.finishReason().stream())
            .map(ChatCompletionChunk.Choice.FinishReason::asString)
            .toList());
    return parts.stream()
        .map(part -> part.delta().content().orElse(""))
        .collect(Collectors.joining());
  }

  static long prompt(ChatCompletion answer) {
    return answer.usage().orElseThrow().promptTokens();
  }

  static String newKey() {
    return UUID.randomUUID().toString();
  }

  /** The client's exception for a call that is refused so. */
  static OpenAIServiceException refused(int status, String code, String param, Executable call) {
    var refusal = assertThrows(OpenAIServiceException.class, call);
    assertEquals(
        List.of(status, code, param),
        List.of(refusal.statusCode(), refusal.code().orElse(""), refusal.param().orElse("")),
        refusal::getMessage);
    return refusal;
  }
}
