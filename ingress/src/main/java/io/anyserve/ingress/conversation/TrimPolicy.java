package io.anyserve.ingress.conversation;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.validation.Preconditions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Which messages of a conversation's current path go to the model: the system messages that begin
 * it, and the newest of the others. They fit the window, and the first of them is a user's, so that
 * no answer stands without its question. Messages are left out whole, oldest first.
 *
 * @param mostMessages besides the system messages
 * @param windowTokens for all messages together: the model's context without what the answer needs
 */
public record TrimPolicy(int mostMessages, int windowTokens) {

  /** Messages besides the system messages, where nothing else is said. */
  public static final int DEFAULT_MESSAGES = 20;

  private static final String SYSTEM = "system";
  private static final String USER = "user";

  public TrimPolicy {
    Preconditions.that(mostMessages >= 1, "messages", mostMessages, ">= 1");
    Preconditions.that(windowTokens >= 1, "window", windowTokens, ">= 1");
  }

  /** With the default number of messages. */
  public static TrimPolicy within(int windowTokens) {
    return new TrimPolicy(DEFAULT_MESSAGES, windowTokens);
  }

  /**
   * What goes to the model.
   *
   * @param omitted how many messages of the path do not
   */
  public record Trimmed(List<ChatMessage> messages, int omitted) {

    public Trimmed {
      messages = List.copyOf(messages);
    }
  }

  /**
   * Trims a path.
   *
   * @param path from the first message to the current leaf, at least one
   * @param tokens of a message as the model's template writes it
   * @throws FailureException CONTEXT_LENGTH_EXCEEDED where the system messages and the messages
   *     from the last user's on do not fit the window
   */
  public Trimmed trim(List<ChatMessage> path, ToIntFunction<ChatMessage> tokens) {
    Preconditions.that(!path.isEmpty(), "path", "no messages", "at least one");
    int system = systemMessages(path);
    long room = windowTokens - tokens(path.subList(0, system), tokens);
    int at = path.size();
    int first = path.size();
    while (room >= 0 && at > system && mayBeginBefore(at, first, path.size())) {
      at--;
      room -= tokens.applyAsInt(path.get(at));
      if (room >= 0 && beginsWell(path, at, system)) {
        first = at;
      }
    }
    if (room < 0 && first == path.size()) {
      throw tooLong(path, system, tokens);
    }
    return trimmed(path, system, first);
  }

  /** The turn of the last user is kept whole, however many messages it has. */
  private boolean mayBeginBefore(int at, int first, int end) {
    return first == end || end - at < mostMessages;
  }

  /** A path of which nothing is left out begins as it does. */
  private static boolean beginsWell(List<ChatMessage> path, int at, int system) {
    return at == system || path.get(at).role().equals(USER);
  }

  private static int systemMessages(List<ChatMessage> path) {
    int count = 0;
    while (count < path.size() && path.get(count).role().equals(SYSTEM)) {
      count++;
    }
    return count;
  }

  private static Trimmed trimmed(List<ChatMessage> path, int system, int first) {
    List<ChatMessage> messages = new ArrayList<>(path.subList(0, system));
    messages.addAll(path.subList(first, path.size()));
    return new Trimmed(messages, first - system);
  }

  private static long tokens(List<ChatMessage> messages, ToIntFunction<ChatMessage> tokens) {
    return messages.stream().mapToLong(tokens::applyAsInt).sum();
  }

  private FailureException tooLong(
      List<ChatMessage> path, int system, ToIntFunction<ChatMessage> tokens) {
    long needed =
        tokens(path.subList(0, system), tokens)
            + tokens(path.subList(lastTurn(path, system), path.size()), tokens);
    return new FailureException(
        FailureCode.CONTEXT_LENGTH_EXCEEDED,
        "messages: %d tokens from the last user's on, with the system messages (expected: at most %d)"
            .formatted(needed, windowTokens));
  }

  private static int lastTurn(List<ChatMessage> path, int system) {
    int at = path.size();
    while (at > system) {
      at--;
      if (path.get(at).role().equals(USER)) {
        return at;
      }
    }
    return at;
  }
}
