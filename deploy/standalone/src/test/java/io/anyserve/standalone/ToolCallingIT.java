package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tools of LangChain4j's client of the OpenAI API, through the log and the simulated engine. */
@Timeout(240)
@ExtendWith(SharedServices.class)
final class ToolCallingIT {

  private static final ToolSpecification WEATHER =
      ToolSpecification.builder()
          .name("weather")
          .description("of a city")
          .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build())
          .build();
  private static final UserMessage QUESTION = UserMessage.from("Rome");

  private static String url;

  @BeforeAll
  static void find(RunningServices services) {
    url = "http://127.0.0.1:" + services.place().apiPort() + "/v1";
  }

  @Test
  void aCallIsAnsweredAndItsResultTakenBack() {
    var model =
        OpenAiChatModel.builder()
            .baseUrl(url)
            .apiKey("none")
            .modelName("story")
            .returnThinking(true)
            .customParameters(Map.of("chat_template_kwargs", Map.of("enable_thinking", true)))
            .build();
    ChatResponse called =
        model.chat(ChatRequest.builder().messages(QUESTION).toolSpecifications(WEATHER).build());
    check(called);
    assertEquals("There are 1 messages.", called.aiMessage().thinking());

    ToolExecutionRequest call = called.aiMessage().toolExecutionRequests().getFirst();
    ChatResponse answer =
        model.chat(
            ChatRequest.builder()
                .messages(
                    QUESTION, called.aiMessage(), ToolExecutionResultMessage.from(call, "sunny"))
                .toolSpecifications(WEATHER)
                .build());
    assertFalse(answer.aiMessage().hasToolExecutionRequests());
    assertFalse(answer.aiMessage().text().isEmpty());
  }

  @Test
  void aStreamHasTheSameCall() throws Exception {
    var end = new CompletableFuture<ChatResponse>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(url)
        .apiKey("none")
        .modelName("story")
        .build()
        .chat(
            ChatRequest.builder().messages(QUESTION).toolSpecifications(WEATHER).build(),
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String piece) {
                assertTrue(piece.isBlank(), piece);
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                end.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                end.completeExceptionally(error);
              }
            });
    check(end.get(1, TimeUnit.MINUTES));
  }

  private static void check(ChatResponse called) {
    assertEquals(FinishReason.TOOL_EXECUTION, called.finishReason());
    List<ToolExecutionRequest> calls = called.aiMessage().toolExecutionRequests();
    assertEquals(1, calls.size());
    assertEquals("weather", calls.getFirst().name());
    assertEquals("{\"city\":\"Rome\"}", calls.getFirst().arguments());
    assertTrue(calls.getFirst().id().startsWith("call_"), calls.getFirst().id());
  }
}
