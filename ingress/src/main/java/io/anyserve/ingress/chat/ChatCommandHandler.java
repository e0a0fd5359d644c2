package io.anyserve.ingress.chat;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.conversation.AnswerState;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.conversation.MessageOrigin;
import io.anyserve.ingress.chat.ChatAnswers.RepeatedMessageException;
import io.anyserve.ingress.grpc.ConversationClient;
import io.anyserve.ingress.grpc.ConversationClient.HistoryPage;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.CompletionCall;
import io.anyserve.ingress.response.ResponseStreams;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Carries out what clients ask for over their sockets. Waits for the router and for requests to get
 * into the log. Thread-safe.
 */
final class ChatCommandHandler {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** For the conversation to have an answer whose end the client waits for. */
  private static final Duration RECORDING = Duration.ofSeconds(5);

  private static final int PAGE = 500;

  private final ConversationClient conversations;
  private final ChatAnswers answers;
  private final PromptBuilder prompts;
  private final ResponseStreams streams;
  private final Chat.Cancellation cancellation;
  private final Timing timing;

  /**
   * Time for answers.
   *
   * @param longest that a client may follow one
   */
  record Timing(Duration longest, InstantSource clock) {}

  ChatCommandHandler(
      ConversationClient conversations,
      ChatAnswers answers,
      PromptBuilder prompts,
      ResponseStreams streams,
      Chat.Cancellation cancellation,
      Timing timing) {
    this.conversations = conversations;
    this.answers = answers;
    this.prompts = prompts;
    this.streams = streams;
    this.cancellation = cancellation;
    this.timing = timing;
  }

  /** Throws what the client is to be told. */
  void carryOut(ChatCommand command, ChatSocket socket) throws InterruptedException {
    switch (command) {
      case ChatCommand.Send send -> send(send, socket);
      case ChatCommand.Regenerate again -> regenerate(again, socket);
      case ChatCommand.Stop(MessageId answer) -> stop(answer, socket);
      case ChatCommand.Resume resume -> resume(resume, socket);
    }
  }

  private void send(ChatCommand.Send send, ChatSocket socket) throws InterruptedException {
    socket.requirePlace();
    ConversationId id = id(socket, send.conversation());
    var question =
        new ConversationMessage(
            send.message(),
            send.parent(),
            "user",
            new Payload.Text(send.content()),
            Optional.empty(),
            timing.clock().instant());
    CompletionCall call = prompts.toNew(id, send.parent(), send.content(), send.answer());
    try {
      begin(id, send.message(), Optional.of(question), call, socket);
    } catch (RepeatedMessageException e) {
      follow(id, answerTo(id, send.message()), Optional.empty(), socket);
    }
  }

  private void regenerate(ChatCommand.Regenerate again, ChatSocket socket)
      throws InterruptedException {
    socket.requirePlace();
    ConversationId id = id(socket, again.conversation());
    CompletionCall call = prompts.toExisting(id, again.message(), again.answer());
    begin(id, again.message(), Optional.empty(), call, socket);
  }

  private static ConversationId id(ChatSocket socket, SessionId conversation) {
    return new ConversationId(socket.caller().tenant(), conversation);
  }

  private void begin(
      ConversationId id,
      MessageId parent,
      Optional<ConversationMessage> question,
      CompletionCall call,
      ChatSocket socket)
      throws InterruptedException {
    AnswerRecorder recorder = answers.begin(socket.caller(), id, parent, question, call);
    RequestId request = recorder.stream().handle().request();
    SocketSink sink = socket.newSink(new MessageId(request.toString()), recorder::settled);
    try {
      streams.watch(
          recorder.stream().handle().resumeToken(), id.tenant(), request, timing.longest(), sink);
      tellAccepted(id, await(recorder.begun()), socket);
    } catch (RuntimeException | InterruptedException e) {
      socket.remove(sink);
      throw e;
    }
    sink.release();
  }

  private static void tellAccepted(
      ConversationId id, ConversationMessage answer, ChatSocket socket) {
    MessageOrigin origin = answer.generation().orElseThrow();
    socket.put(
        ChatEvents.accepted(
            id.session(), answer.parent(), answer.id(), origin.request(), origin.model()));
  }

  /** The newest answer to a message that was sent before. */
  private ConversationMessage answerTo(ConversationId id, MessageId message) {
    Optional<ConversationMessage> newest = Optional.empty();
    String next = "";
    do {
      HistoryPage page = conversations.tree(id, next, PAGE);
      Optional<ConversationMessage> earlier = newest;
      newest =
          Stream.concat(earlier.stream(), page.messages().stream())
              .filter(found -> found.parent().equals(Optional.of(message)))
              .filter(found -> found.generation().isPresent())
              .max(Comparator.comparing(ConversationMessage::created));
      next = page.next();
    } while (!next.isEmpty());
    return newest.orElseThrow(
        () ->
            new FailureException(
                FailureCode.IDEMPOTENCY_CONFLICT,
                "message: "
                    + message
                    + " is there without an answer (expected: a new id, or regenerate)"));
  }

  private void resume(ChatCommand.Resume resume, ChatSocket socket) {
    ConversationId id = id(socket, resume.conversation());
    if (!socket.follows(resume.answer())) {
      socket.requirePlace();
    }
    ConversationMessage answer =
        conversations.path(id, Optional.of(resume.answer()), "", 1).messages().getLast();
    if (answer.generation().isEmpty()) {
      throw new ApiException(
          ApiError.invalid(
              "answer", "answer: " + answer.id() + " (expected: a message of the assistant)"));
    }
    follow(id, answer, resume.position(), socket);
  }

  private void follow(
      ConversationId id, ConversationMessage answer, Optional<String> position, ChatSocket socket) {
    MessageOrigin origin = answer.generation().orElseThrow();
    switch (origin.state()) {
      case AnswerState.Failed(Failure failure) -> tellFailed(id, answer, position, failure, socket);
      case AnswerState.Running _ -> watch(id, answer, position, answers.patience(answer), socket);
      case AnswerState.Complete _ -> watch(id, answer, position, timing.longest(), socket);
    }
  }

  /** The log may never have had it. */
  private void tellFailed(
      ConversationId id,
      ConversationMessage answer,
      Optional<String> position,
      Failure failure,
      ChatSocket socket) {
    tellAccepted(id, answer, socket);
    String text = ConversationJson.text(answer);
    if (position.isEmpty() && !text.isEmpty()) {
      String token = answers.token(id, answer.generation().orElseThrow());
      socket.put(ChatEvents.delta(answer.id(), token, text));
    }
    var subject = new ChatEvents.Subject(Optional.empty(), Optional.of(answer.id().value()));
    socket.put(ChatEvents.failed(subject, ApiError.of(failure)));
  }

  private void watch(
      ConversationId id,
      ConversationMessage answer,
      Optional<String> position,
      Duration patience,
      ChatSocket socket) {
    MessageOrigin origin = answer.generation().orElseThrow();
    String token = position.orElseGet(() -> answers.token(id, origin));
    SocketSink sink = socket.newSink(answer.id(), () -> answers.completed(id, answer));
    try {
      streams.watch(token, id.tenant(), origin.request(), patience, sink);
    } catch (RuntimeException e) {
      socket.remove(sink);
      throw e;
    }
    tellAccepted(id, answer, socket);
    sink.release();
  }

  /** An answer that ends meanwhile tells its end; there is nothing to stop. */
  private void stop(MessageId answer, ChatSocket socket) throws InterruptedException {
    try {
      await(cancellation.cancel(request(answer), socket.caller().tenant()));
    } catch (FailureException e) {
      if (e.failure().code() != FailureCode.REQUEST_NOT_FOUND || !socket.follows(answer)) {
        throw e;
      }
    }
  }

  private static RequestId request(MessageId answer) {
    try {
      return RequestId.parse(answer.value());
    } catch (IllegalArgumentException e) {
      throw new ApiException(
          ApiError.invalid("answer", "answer: " + answer + " (expected: the id of an answer)"));
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new FailureException(
          FailureCode.BROKER_UNAVAILABLE, "not known to be in the log after " + PATIENCE, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    }
  }

  /**
   * Runs the step once the conversation has the answer's end, or it takes too long; with what the
   * answer cost, where that is known then.
   */
  static void settle(
      CompletableFuture<Optional<AnswerCost>> recorded, Consumer<Optional<AnswerCost>> step) {
    CompletableFuture<Void> _ =
        recorded
            .copy()
            .completeOnTimeout(Optional.empty(), RECORDING.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(_ -> Optional.empty())
            .thenAccept(step);
  }
}
