package io.anyserve.standalone.openai;

import static io.anyserve.standalone.openai.OpenAiCalls.STORY;
import static io.anyserve.standalone.openai.OpenAiCalls.TOKENS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.SharedServices;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** OpenAI's own client for Java against a running AnyServe. */
@Timeout(240)
@ExtendWith(SharedServices.class)
final class OpenAiClientIT {

  private static final String EMBEDDING = "embedding";

  private static OpenAIClient client;

  @BeforeAll
  static void start(RunningServices services) {
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl("http://127.0.0.1:" + services.place().apiPort() + "/v1")
            .apiKey("none")
            .maxRetries(0)
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  @TestFactory
  Stream<DynamicTest> calls() {
    OpenAiCalls api = new OpenAiCalls(client);
    return Stream.of(
            new OpenAiChatCalls(api).all(),
            new OpenAiOtherCalls(api).all(),
            new OpenAiRefusalCalls(api).all())
        .flatMap(List::stream)
        .map(ClientCall::test);
  }

  @Test
  void chatsAsAWholeAndAsAStreamAreTheSame() {
    ChatCompletion whole = client.chat().completions().create(chat().build());
    assertEquals("length", whole.choices().getFirst().finishReason().asString());
    assertEquals(TOKENS, whole.usage().orElseThrow().completionTokens());
    assertTrue(whole.usage().orElseThrow().promptTokens() > 0);
    var streamed =
        chat().streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build());
    ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(streamed.build())) {
      stream.stream().forEach(all::accumulate);
    }
    ChatCompletion put = all.chatCompletion();
    assertEquals(text(whole), text(put));
    assertEquals(whole.usage(), put.usage());
    assertEquals("length", put.choices().getFirst().finishReason().asString());
    assertEquals(STORY, put.model());
  }

  @Test
  void stopEndsTheAnswerBeforeItself() {
    String whole = text(client.chat().completions().create(chat().build()));
    String[] words = whole.strip().split(" ", -1);
    ChatCompletion stopped = client.chat().completions().create(chat().stop(words[3]).build());
    assertEquals("stop", stopped.choices().getFirst().finishReason().asString());
    assertEquals(whole.substring(0, whole.indexOf(words[3])), text(stopped));
  }

  @Test
  void choicesDiffer() {
    ChatCompletion answer = client.chat().completions().create(chat().n(3).build());
    assertEquals(3, answer.choices().size());
    assertEquals(3 * TOKENS, answer.usage().orElseThrow().completionTokens());
  }

  @Test
  void textsAreCompleted() {
    Completion answer =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(STORY)
                    .prompt("Once")
                    .maxTokens(TOKENS)
                    .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                    .build());
    assertFalse(answer.choices().getFirst().text().isEmpty());
    assertEquals(TOKENS, answer.usage().orElseThrow().completionTokens());
  }

  @Test
  void likelihoodsComeWithEveryToken() {
    ChatCompletion answer =
        client.chat().completions().create(chat().logprobs(true).topLogprobs(3).build());
    var told = answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
    assertEquals(TOKENS, told.size());
    assertEquals(
        text(answer),
        String.join("", told.stream().map(ChatCompletionTokenLogprob::token).toList()));
    for (ChatCompletionTokenLogprob token : told) {
      assertEquals(3, token.topLogprobs().size());
      assertEquals(token.token(), token.topLogprobs().getFirst().token());
      assertTrue(token.logprob() < 0, token::toString);
    }
    assertEquals(
        text(client.chat().completions().create(chat().build())), text(answer), "the same words");
    ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(chat().logprobs(true).topLogprobs(3).build())) {
      stream.stream().forEach(all::accumulate);
    }
    assertEquals(
        answer.choices().getFirst().logprobs().orElseThrow().content(),
        all.chatCompletion().choices().getFirst().logprobs().orElseThrow().content());
  }

  @Test
  void likelihoodsOfTextsHaveTheirPlaces() {
    Completion answer =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(STORY)
                    .prompt("Once")
                    .maxTokens(TOKENS)
                    .logprobs(2)
                    .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                    .build());
    var told = answer.choices().getFirst().logprobs().orElseThrow();
    List<String> tokens = told.tokens().orElseThrow();
    assertEquals(TOKENS, tokens.size());
    String text = answer.choices().getFirst().text();
    List<Long> offsets = told.textOffset().orElseThrow();
    for (int i = 0; i < TOKENS; i++) {
      assertTrue(text.startsWith(tokens.get(i), Math.toIntExact(offsets.get(i))), tokens.get(i));
    }
    assertEquals(TOKENS, told.tokenLogprobs().orElseThrow().size());
    assertEquals(TOKENS, told.topLogprobs().orElseThrow().size());
  }

  @Test
  void aBiasForcesAWord() {
    ChatCompletion answer = client.chat().completions().create(biased("8", 100));
    assertEquals("river" + " river".repeat(TOKENS - 1), text(answer));
    var refused =
        assertThrows(
            BadRequestException.class, () -> client.chat().completions().create(biased("64", 1)));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("logit_bias: token 64 (expected: 0 to 63)"),
        refused::toString);
  }

  private static ChatCompletionCreateParams biased(String token, int amount) {
    var bias =
        ChatCompletionCreateParams.LogitBias.builder()
            .putAdditionalProperty(token, JsonValue.from(amount))
            .build();
    return chat().logitBias(bias).build();
  }

  @Test
  void modelsAreListed() {
    List<String> ids = new ArrayList<>();
    client.models().list().data().stream().map(Model::id).forEach(ids::add);
    assertEquals(List.of("echo", EMBEDDING, STORY), ids);
    assertEquals(STORY, client.models().retrieve(STORY).id());
  }

  @Test
  void errorsAreOfTheClientsClasses() {
    var unknown = assertThrows(NotFoundException.class, () -> client.models().retrieve("a/b"));
    assertEquals("model_not_found", unknown.code().orElse(""));
    var nobody =
        assertThrows(
            NotFoundException.class,
            () -> client.chat().completions().create(chat().model("nobody").build()));
    assertEquals("model", nobody.param().orElse(""));
    var refused =
        assertThrows(
            BadRequestException.class,
            () -> client.chat().completions().create(chat().store(true).build()));
    assertEquals("store", refused.param().orElse(""));
    assertEquals("unsupported_parameter", refused.code().orElse(""));
    assertThrows(
        BadRequestException.class,
        () -> client.chat().completions().createStreaming(chat().temperature(9).build()));
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return OpenAiCalls.chatParameters();
  }

  private static String text(ChatCompletion answer) {
    return answer.choices().getFirst().message().content().orElseThrow();
  }
}
