package io.anyserve.ingress.chat;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.ingress.description.QueryTable;
import io.anyserve.ingress.grpc.ConversationClient;
import io.anyserve.ingress.grpc.ConversationClient.HistoryPage;
import io.anyserve.ingress.http.CallerCheck;
import io.anyserve.ingress.http.RequestBody;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import io.anyserve.ingress.openai.ConversationParameters;
import io.anyserve.ingress.openai.ParameterTable;
import io.anyserve.ingress.openai.StrictJson;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The conversations of the caller's tenant and their messages. Waits for the router. Thread-safe.
 *
 * @param stop tells the workers to stop a request
 */
record SessionsHandler(
    ConversationClient conversations, RunningAnswers running, Consumer<RequestId> stop) {

  private static final String JSON = "application/json";
  private static final String TITLE = "title";
  private static final String CURRENT = "current";
  private static final String MESSAGE = "message";

  private static final int PAGE = 500;
  private static final int MOST_BODY = 64 << 10;
  private static final int NO_CONTENT = 204;

  /** Bytes of texts of an export, which is in memory. */
  private static final long MOST_EXPORTED = 16 << 20;

  void list(Context http) {
    QueryTable.SESSIONS.check(http.queryParamMap().keySet());
    var page =
        conversations.list(
            CallerCheck.caller(http).tenant(),
            parameter(http, "search"),
            parameter(http, "cursor"),
            limit(http));
    http.contentType(JSON).result(ConversationJson.list(page));
  }

  /** All messages, of all branches; what has ended in the log is complete. */
  void history(Context http) {
    QueryTable.HISTORY.check(http.queryParamMap().keySet());
    ConversationId id = id(http);
    String cursor = parameter(http, "cursor");
    HistoryPage page = conversations.tree(id, cursor, PAGE);
    if (running.await(id, page.messages())) {
      page = conversations.tree(id, cursor, PAGE);
    }
    http.contentType(JSON).result(ConversationJson.history(page));
  }

  /** Another title, or another branch. */
  void change(Context http) throws IOException {
    ConversationId id = id(http);
    BodyFields body = body(http, ConversationParameters.CHANGE);
    Optional<String> title = body.text(TITLE);
    Optional<MessageId> current = body.text(CURRENT).map(text -> message(CURRENT, text));
    if (title.isPresent() == current.isPresent()) {
      throw new ApiException(
          ApiError.invalid(TITLE, "title, current: both or none set (expected: one of the two)"));
    }
    Conversation after =
        title.isPresent()
            ? conversations.rename(id, title.get())
            : conversations.select(id, current.orElseThrow());
    http.contentType(JSON).result(ConversationJson.conversation(after));
  }

  void rollback(Context http) throws IOException {
    ConversationId id = id(http);
    MessageId to =
        message(MESSAGE, body(http, ConversationParameters.ROLLBACK).requiredText(MESSAGE));
    http.contentType(JSON).result(ConversationJson.conversation(conversations.rollback(id, to)));
  }

  /** With the answers that run. */
  void delete(Context http) {
    conversations.delete(id(http)).forEach(stop);
    http.status(NO_CONTENT).res().setContentType(null);
  }

  void export(Context http) {
    ConversationId id = id(http);
    List<ConversationMessage> path = new ArrayList<>();
    HistoryPage page = conversations.path(id, Optional.empty(), "", PAGE);
    if (running.await(id, page.messages())) {
      page = conversations.path(id, Optional.empty(), "", PAGE);
    }
    path.addAll(page.messages());
    while (!page.next().isEmpty()) {
      requireExportable(path);
      page = conversations.path(id, Optional.empty(), page.next(), PAGE);
      path.addAll(0, page.messages());
    }
    http.contentType("text/markdown; charset=utf-8")
        .header("Content-Disposition", "attachment; filename=\"conversation.md\"")
        .result(MarkdownExport.of(page.conversation(), path));
  }

  private static void requireExportable(List<ConversationMessage> path) {
    long bytes = path.stream().mapToLong(message -> message.content().size()).sum();
    if (bytes > MOST_EXPORTED) {
      throw new FailureException(
          FailureCode.TOO_LARGE,
          "conversation: more than %d bytes (expected: at most that, to export it)"
              .formatted(MOST_EXPORTED));
    }
  }

  private static ConversationId id(Context http) {
    SessionId session = checked("id", http.pathParam("id"), SessionId::new);
    return new ConversationId(CallerCheck.caller(http).tenant(), session);
  }

  private static MessageId message(String field, String text) {
    return checked(field, text, MessageId::new);
  }

  private static <T> T checked(String field, String text, Function<String, T> type) {
    try {
      return type.apply(text);
    } catch (IllegalArgumentException e) {
      throw new ApiException(ApiError.invalid(field, String.valueOf(e.getMessage())));
    }
  }

  private static BodyFields body(Context http, ParameterTable table) throws IOException {
    var body = new BodyFields("", StrictJson.parse(RequestBody.json(http, MOST_BODY)));
    table.check(body);
    return body;
  }

  private static String parameter(Context http, String name) {
    @Nullable String value = http.queryParam(name);
    return value == null ? "" : value;
  }

  private static int limit(Context http) {
    String limit = parameter(http, "limit");
    if (limit.isEmpty()) {
      return 0;
    }
    if (!limit.matches("[1-9][0-9]{0,2}") || Integer.parseInt(limit) > QueryTable.MOST_SESSIONS) {
      throw new ApiException(
          ApiError.invalid(
              "limit",
              "limit: %s (expected: 1 to %d)"
                  .formatted(BodyFields.printable(limit), QueryTable.MOST_SESSIONS)));
    }
    return Integer.parseInt(limit);
  }
}
