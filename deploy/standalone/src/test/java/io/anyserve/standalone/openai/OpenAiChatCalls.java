package io.anyserve.standalone.openai;

import static io.anyserve.standalone.openai.OpenAiCalls.TOKENS;
import static io.anyserve.standalone.openai.OpenAiCalls.chatParameters;
import static io.anyserve.standalone.openai.OpenAiCalls.newKey;
import static io.anyserve.standalone.openai.OpenAiCalls.prompt;
import static io.anyserve.standalone.openai.OpenAiCalls.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.core.JsonValue;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionCreateParams.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Chats with OpenAI's client for Java. */
final class OpenAiChatCalls {

  private final OpenAiCalls api;

  OpenAiChatCalls(OpenAiCalls api) {
    this.api = api;
  }

  List<ClientCall> all() {
    return List.of(
        new ClientCall("chat as a stream", this::streamed),
        new ClientCall("chat that the model ends", this::toItsEnd),
        new ClientCall("chat with n as a stream", this::choices),
        new ClientCall("chat with a seed twice", () -> same(chat -> chat)),
        new ClientCall("chat with max_tokens", this::maxTokens),
        new ClientCall("chat with stop as a list", this::stopList),
        new ClientCall("chat with stop as a stream", this::stopStream),
        new ClientCall("chat with a system message", () -> longer(c -> c.addSystemMessage("Hi."))),
        new ClientCall(
            "chat with a developer message", () -> longer(c -> c.addDeveloperMessage("Hi."))),
        new ClientCall(
            "chat with earlier turns",
            () -> longer(c -> c.addAssistantMessage("there was").addUserMessage("and?"))),
        new ClientCall("chat with an answer sent back as the client has it", this::sentBack),
        new ClientCall(
            "chat with an answer that has no text",
            () -> longer(c -> c.addAssistantMessage(Optional.empty()).addUserMessage("and?"))),
        new ClientCall("chat with parts of text", this::parts),
        new ClientCall("chat with logprobs alone", this::likelihoods),
        new ClientCall(
            "chat with penalties",
            () -> answered(chat -> chat.presencePenalty(0.5).frequencyPenalty(-0.5))),
        new ClientCall(
            "chat with temperature and top_p", () -> answered(c -> c.temperature(0.7).topP(0.9))),
        new ClientCall("chat with user and metadata", this::labels),
        new ClientCall("chat with values that ask for nothing", this::neutral),
        new ClientCall("chat with the asynchronous client", this::asynchronous),
        new ClientCall("chat as a stream with the asynchronous client", this::asynchronousStream),
        new ClientCall("16 chats at once", this::many),
        new ClientCall("x-request-id and session of a chat", this::headers),
        new ClientCall("an idempotency key twice", this::keyed),
        new ClientCall("an idempotency key twice, as a stream", this::keyedStream));
  }

  private void answered(UnaryOperator<ChatCompletionCreateParams.Builder> more) {
    ChatCompletion answer = api.chat(more);
    assertFalse(text(answer).isEmpty());
    assertEquals(TOKENS, answer.usage().orElseThrow().completionTokens());
  }

  private void same(UnaryOperator<ChatCompletionCreateParams.Builder> more) {
    assertEquals(text(api.chat(more)), text(api.chat(more)));
  }

  private void longer(UnaryOperator<ChatCompletionCreateParams.Builder> more) {
    assertTrue(prompt(api.chat(more)) > prompt(api.chat(chat -> chat)));
  }

  private void streamed() {
    List<ChatCompletionChunk> chunks = api.stream(chat -> chat);
    assertEquals(text(api.chat(chat -> chat)), text(chunks, 0, "length"));
    assertEquals(1, chunks.stream().map(ChatCompletionChunk::id).distinct().count());
    assertEquals(1, chunks.stream().map(ChatCompletionChunk::created).distinct().count());
    assertTrue(chunks.stream().allMatch(chunk -> chunk.usage().isEmpty()));
  }

  private void toItsEnd() {
    ChatCompletion answer = api.chat(OpenAiCalls::toItsEnd);
    assertEquals("stop", answer.choices().getFirst().finishReason().asString());
    assertEquals(text(answer), text(api.stream(OpenAiCalls::toItsEnd), 0, "stop"));
  }

  private void choices() {
    List<ChatCompletionChunk> chunks = api.stream(chat -> chat.n(3));
    assertEquals(
        3,
        IntStream.range(0, 3)
            .mapToObj(choice -> text(chunks, choice, "length"))
            .distinct()
            .count());
  }

  @SuppressWarnings("deprecation") // what older clients send
  private void maxTokens() {
    ChatCompletion answer =
        api.chat(chat -> chat.maxCompletionTokens(Optional.<Long>empty()).maxTokens(3));
    assertEquals(3, answer.usage().orElseThrow().completionTokens());
  }

  private String fourthWord() {
    return text(api.chat(chat -> chat)).strip().split(" ", -1)[3];
  }

  private void stopList() {
    String word = fourthWord();
    ChatCompletion stopped = api.chat(chat -> chat.stop(Stop.ofStrings(List.of("nowhere", word))));
    assertEquals("stop", stopped.choices().getFirst().finishReason().asString());
    assertFalse(text(stopped).contains(word));
  }

  private void stopStream() {
    String word = fourthWord();
    assertFalse(text(api.stream(chat -> chat.stop(word)), 0, "stop").contains(word));
  }

  private void sentBack() {
    var message = api.chat(chat -> chat).choices().getFirst().message();
    longer(chat -> chat.addMessage(message).addUserMessage("and?"));
  }

  private void parts() {
    List<ChatCompletionContentPart> parts =
        List.of("one", "two").stream()
            .map(part -> ChatCompletionContentPartText.builder().text(part).build())
            .map(ChatCompletionContentPart::ofText)
            .toList();
    longer(chat -> chat.addUserMessageOfArrayOfContentParts(parts));
  }

  private void likelihoods() {
    ChatCompletion answer = api.chat(chat -> chat.logprobs(true));
    var told = answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
    assertEquals(TOKENS, told.size());
    assertTrue(told.stream().allMatch(token -> token.topLogprobs().isEmpty()));
  }

  @SuppressWarnings("deprecation") // what older clients send
  private void labels() {
    var metadata =
        ChatCompletionCreateParams.Metadata.builder()
            .putAdditionalProperty("team", JsonValue.from("clients"))
            .build();
    answered(chat -> chat.user("u1").metadata(metadata));
  }

  private void neutral() {
    answered(
        chat ->
            chat.store(false)
                .parallelToolCalls(true)
                .tools(List.of())
                .serviceTier(ChatCompletionCreateParams.ServiceTier.AUTO));
  }

  private void asynchronous() {
    ChatCompletion answer =
        api.client().async().chat().completions().create(chatParameters().build()).join();
    assertEquals(text(api.chat(chat -> chat)), text(answer));
  }

  private void asynchronousStream() {
    List<ChatCompletionChunk> chunks = new ArrayList<>();
    api.client()
        .async()
        .chat()
        .completions()
        .createStreaming(chatParameters().build())
        .subscribe(chunks::add)
        .onCompleteFuture()
        .join();
    assertEquals(text(api.chat(chat -> chat)), text(chunks, 0, "length"));
  }

  private void many() {
    var completions = api.client().async().chat().completions();
    List<CompletableFuture<ChatCompletion>> answers =
        IntStream.range(0, 16).mapToObj(_ -> completions.create(chatParameters().build())).toList();
    assertEquals(
        1, answers.stream().map(CompletableFuture::join).map(OpenAiCalls::text).distinct().count());
  }

  private void headers() {
    ChatCompletionCreateParams chat =
        chatParameters().putAdditionalHeader("anyserve-session", "java-client").build();
    try (var response = api.client().chat().completions().withRawResponse().create(chat)) {
      assertEquals(List.of("java-client"), response.headers().values("anyserve-session"));
      assertEquals(
          response.parse().id(),
          "chatcmpl-" + response.headers().values("x-request-id").getFirst());
    }
  }

  private void keyed() {
    String key = newKey();
    UnaryOperator<ChatCompletionCreateParams.Builder> keyed =
        chat -> chat.putAdditionalHeader("Idempotency-Key", key);
    ChatCompletion first = api.chat(keyed);
    ChatCompletion second = api.chat(keyed);
    assertEquals(first.id(), second.id());
    assertEquals(text(first), text(second));
  }

  private void keyedStream() {
    String key = newKey();
    UnaryOperator<ChatCompletionCreateParams.Builder> keyed =
        chat -> chat.putAdditionalHeader("Idempotency-Key", key);
    List<ChatCompletionChunk> first = api.stream(keyed);
    List<ChatCompletionChunk> second = api.stream(keyed);
    assertEquals(first.getFirst().id(), second.getFirst().id());
    assertEquals(text(first, 0, "length"), text(second, 0, "length"));
  }
}
