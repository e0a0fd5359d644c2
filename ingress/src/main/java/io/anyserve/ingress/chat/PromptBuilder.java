package io.anyserve.ingress.chat;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.ingress.chat.ChatCommand.AnswerOptions;
import io.anyserve.ingress.conversation.TrimPolicy;
import io.anyserve.ingress.grpc.ConversationClient;
import io.anyserve.ingress.grpc.ConversationClient.HistoryPage;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.CompletionCall;
import io.anyserve.ingress.openai.ConversationCallReader;
import io.anyserve.ingress.openai.ModelInfo;
import io.anyserve.ingress.quota.TokenEstimator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes the request for an answer of the path that leads to it. Waits for the router; throws {@link
 * ApiException} or {@link FailureException}.
 *
 * @param workers those that take work now
 * @param estimate of tokens, before a worker counts them
 */
record PromptBuilder(
    ConversationClient conversations,
    RunningAnswers running,
    Supplier<List<WorkerHeartbeat>> workers,
    TokenEstimator estimate) {

  private static final String SYSTEM = "system";
  private static final String USER = "user";

  private static final int CONFLICT = 409;
  private static final int PAGE = 500;

  /** Keeps the last turn alone, whatever it needs: the worker counts exactly. */
  private static final TrimPolicy LAST_TURN = new TrimPolicy(1, Integer.MAX_VALUE);

  /** An answer to a new message behind {@code parent}. */
  CompletionCall toNew(
      ConversationId id, Optional<MessageId> parent, String question, AnswerOptions asked) {
    List<ChatMessage> path = new ArrayList<>();
    parent.ifPresent(end -> path.addAll(history(id, end, "parent")));
    path.add(new ChatMessage(USER, question));
    return call(id, path, asked);
  }

  /** Another answer to a message of the user. */
  CompletionCall toExisting(ConversationId id, MessageId message, AnswerOptions asked) {
    List<ChatMessage> path = history(id, message, "message");
    if (path.isEmpty() || !path.getLast().role().equals(USER)) {
      throw new ApiException(
          ApiError.invalid(
              "message", "message: " + message + " (expected: a message of the user)"));
    }
    return call(id, path, asked);
  }

  private CompletionCall call(ConversationId id, List<ChatMessage> path, AnswerOptions asked) {
    List<ChatMessage> messages = new ArrayList<>();
    asked.system().ifPresent(text -> messages.add(new ChatMessage(SYSTEM, text)));
    messages.addAll(path);
    CompletionCall shortest = read(id, List.of(path.getLast()), asked);
    return read(id, trim(messages, shortest), asked);
  }

  private static CompletionCall read(
      ConversationId id, List<ChatMessage> messages, AnswerOptions asked) {
    return ConversationCallReader.read(
        asked.model(), messages, asked.parameters(), id.session().value());
  }

  private List<ChatMessage> trim(List<ChatMessage> messages, CompletionCall call) {
    int context =
        ModelInfo.of(workers.get()).stream()
            .filter(model -> model.id().equals(call.model()))
            .mapToInt(ModelInfo::contextLength)
            .findFirst()
            .orElse(0);
    int window =
        context == 0
            ? Integer.MAX_VALUE
            : Math.max(1, context - ConversationCallReader.mostTokens(call));
    try {
      return TrimPolicy.within(window).trim(messages, estimate::tokens).messages();
    } catch (FailureException e) {
      return LAST_TURN.trim(messages, estimate::tokens).messages();
    }
  }

  private List<ChatMessage> history(ConversationId id, MessageId end, String field) {
    HistoryPage newest = conversations.path(id, Optional.of(end), "", PAGE);
    if (newest.messages().stream().anyMatch(ConversationMessage::isRunning)) {
      running.await(id, newest.messages());
      newest = conversations.path(id, Optional.of(end), "", PAGE);
    }
    List<ConversationMessage> path = new ArrayList<>(instructions(id, newest));
    path.addAll(newest.messages());
    return path.stream()
        .filter(message -> !isEmptyAnswer(message, field))
        .map(PromptBuilder::spoken)
        .toList();
  }

  /** The system messages that begin a path of several pages. */
  private List<ConversationMessage> instructions(ConversationId id, HistoryPage newest) {
    List<ConversationMessage> oldest = List.of();
    for (String next = newest.next(); !next.isEmpty(); ) {
      HistoryPage page = conversations.path(id, Optional.empty(), next, PAGE);
      oldest = page.messages();
      next = page.next();
    }
    return oldest.stream().takeWhile(message -> message.role().equals(SYSTEM)).toList();
  }

  /** One that failed before its first word; one that runs cannot be built on. */
  private static boolean isEmptyAnswer(ConversationMessage message, String field) {
    if (message.isRunning()) {
      throw new ApiException(
          ApiError.refused(
              CONFLICT,
              "answer_running",
              Optional.of(field),
              field
                  + ": behind answer "
                  + message.id()
                  + ", which runs (expected: one that ended)"));
    }
    return message.generation().isPresent() && message.content().size() == 0;
  }

  private static ChatMessage spoken(ConversationMessage message) {
    return switch (message.content()) {
      case Payload.Text(String text) -> new ChatMessage(message.role(), text);
      case Payload.ObjectReference _, Payload.Chat _, Payload.Bytes _ ->
          throw new ApiException(
              ApiError.invalid(
                  "message", "message: " + message.id() + " is an object (expected: text)"));
    };
  }
}
