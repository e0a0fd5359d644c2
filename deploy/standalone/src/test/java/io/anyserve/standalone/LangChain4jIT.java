package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** LangChain4j's client of the OpenAI API against a running AnyServe. */
@Timeout(240)
@ExtendWith(SharedServices.class)
final class LangChain4jIT {

  private static final String STORY = "story";
  private static final String PROMPT = "Once upon a time";
  private static final int TOKENS = 12;
  private static final int SEED = 7;
  private static final Map<String, Object> KEEP_GOING = Map.of("ignore_eos", true);

  private static String url;

  @BeforeAll
  static void find(RunningServices services) {
    url = "http://127.0.0.1:" + services.place().apiPort() + "/v1";
  }

  @Test
  void aChatIsAnsweredWithItsUsage() {
    ChatResponse answer = chat().build().chat(UserMessage.from(PROMPT));
    assertFalse(answer.aiMessage().text().isEmpty());
    assertEquals(FinishReason.LENGTH, answer.finishReason());
    assertEquals(TOKENS, answer.tokenUsage().outputTokenCount());
    assertEquals(
        answer.tokenUsage().inputTokenCount() + TOKENS, answer.tokenUsage().totalTokenCount());
    assertTrue(answer.id().startsWith("chatcmpl-"), answer::id);
  }

  @Test
  void earlierTurnsBelongToThePrompt() {
    ChatResponse first = chat().build().chat(UserMessage.from(PROMPT));
    ChatResponse next =
        chat()
            .build()
            .chat(
                SystemMessage.from("You tell stories."),
                UserMessage.from(PROMPT),
                AiMessage.from(first.aiMessage().text()),
                UserMessage.from("And then?"));
    assertTrue(
        next.tokenUsage().inputTokenCount() > first.tokenUsage().inputTokenCount() + TOKENS,
        next::toString);
  }

  @Test
  void aStreamIsTheSameAnswerPieceByPiece() throws Exception {
    Pieces pieces = new Pieces();
    streaming(STORY).chat(PROMPT, pieces);
    ChatResponse whole = pieces.end.get(1, TimeUnit.MINUTES);
    assertEquals(chat().build().chat(PROMPT), whole.aiMessage().text());
    assertEquals(whole.aiMessage().text(), pieces.written.toString());
    assertTrue(pieces.count > 1);
    assertEquals(FinishReason.LENGTH, whole.finishReason());
    assertEquals(TOKENS, whole.tokenUsage().outputTokenCount());
  }

  @Test
  void stopEndsTheAnswerBeforeItself() {
    String word = chat().build().chat(PROMPT).strip().split(" ", -1)[3];
    ChatResponse stopped = chat().stop(List.of(word)).build().chat(UserMessage.from(PROMPT));
    assertEquals(FinishReason.STOP, stopped.finishReason());
    assertFalse(stopped.aiMessage().text().contains(word), stopped::toString);
  }

  @Test
  void modelsAreListed() {
    List<String> names =
        OpenAiModelCatalog.builder().baseUrl(url).apiKey("none").build().listModels().stream()
            .map(ModelDescription::name)
            .toList();
    assertEquals(List.of("echo", "embedding", STORY), names);
  }

  @Test
  void refusalsAreOfTheClientsClasses() {
    OpenAiChatModel nobody = chat().modelName("nobody").build();
    assertThrows(ModelNotFoundException.class, () -> nobody.chat(PROMPT));
    OpenAiChatModel hot = chat().temperature(9.0).build();
    var refused = assertThrows(InvalidRequestException.class, () -> hot.chat(PROMPT));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("temperature: 9.0 (expected: 0"),
        refused::getMessage);
  }

  @Test
  void aRefusedStreamIsAnError() {
    Pieces pieces = new Pieces();
    streaming("nobody").chat(PROMPT, pieces);
    var thrown = assertThrows(ExecutionException.class, () -> pieces.end.get(1, TimeUnit.MINUTES));
    assertInstanceOf(ModelNotFoundException.class, thrown.getCause());
  }

  /** Repeats nothing by itself. */
  private static OpenAiChatModel.OpenAiChatModelBuilder chat() {
    return OpenAiChatModel.builder()
        .baseUrl(url)
        .apiKey("none")
        .modelName(STORY)
        .maxCompletionTokens(TOKENS)
        .seed(SEED)
        .customParameters(KEEP_GOING)
        .maxRetries(0);
  }

  private static OpenAiStreamingChatModel streaming(String model) {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(url)
        .apiKey("none")
        .modelName(model)
        .maxCompletionTokens(TOKENS)
        .seed(SEED)
        .customParameters(KEEP_GOING)
        .build();
  }

  /** What a stream tells. Filled by one thread at a time. */
  private static final class Pieces implements StreamingChatResponseHandler {

    private final StringBuilder written = new StringBuilder();
    private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
    private int count;

    @Override
    public void onPartialResponse(String piece) {
      written.append(piece);
      count++;
    }

    @Override
    public void onCompleteResponse(ChatResponse whole) {
      end.complete(whole);
    }

    @Override
    public void onError(Throwable error) {
      end.completeExceptionally(error);
    }
  }
}
