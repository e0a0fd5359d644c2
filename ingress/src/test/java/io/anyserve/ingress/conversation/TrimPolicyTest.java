package io.anyserve.ingress.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.FailureException;
import io.anyserve.ingress.conversation.TrimPolicy.Trimmed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages are written as s, u, a and t for their roles; each has as many tokens as its text. */
final class TrimPolicyTest {

  @ParameterizedTest(name = "{0} within {1} messages and {2} tokens")
  @CsvSource({
    // all of it
    "u1, 20, 100, u1, 0",
    "s1 u1, 20, 100, s1 u1, 0",
    "s1 s2 u1 a1 u2, 20, 100, s1 s2 u1 a1 u2, 0",
    "a1 u1, 20, 100, a1 u1, 0",
    "s1, 20, 100, s1, 0",
    // by number: the system messages do not count, and a user begins
    "s1 u1 a1 u2 a2 u3, 3, 100, s1 u2 a2 u3, 2",
    "s1 u1 a1 u2 a2 u3, 4, 100, s1 u2 a2 u3, 2",
    "s1 u1 a1 u2 a2 u3, 5, 100, s1 u1 a1 u2 a2 u3, 0",
    "s1 u1 a1 u2 a2 u3, 1, 100, s1 u3, 4",
    "u1 a1 u2, 2, 100, u2, 2",
    // a turn is not cut, however many messages it has
    "u1 a1 u2 a2 t1 a3, 2, 100, u2 a2 t1 a3, 2",
    "s1 a1 t1 a2, 1, 100, s1 a1 t1 a2, 0",
    // a system message later on is one of the others
    "s1 u1 s2 u2, 1, 100, s1 u2, 2",
    // by tokens: two for each message
    "s1 u1 a1 u2 a2 u3, 20, 12, s1 u1 a1 u2 a2 u3, 0",
    "s1 u1 a1 u2 a2 u3, 20, 11, s1 u2 a2 u3, 2",
    "s1 u1 a1 u2 a2 u3, 20, 8, s1 u2 a2 u3, 2",
    "s1 u1 a1 u2 a2 u3, 20, 7, s1 u3, 4",
    "s1 u1 a1 u2 a2 u3, 20, 4, s1 u3, 4",
    "u1 a1, 20, 4, u1 a1, 0",
  })
  void theNewestMessagesThatFitAreKept(
      String path, int messages, int window, String kept, int omitted) {
    Trimmed trimmed = new TrimPolicy(messages, window).trim(chat(path), TrimPolicyTest::tokens);
    assertEquals(chat(kept), trimmed.messages());
    assertEquals(omitted, trimmed.omitted());
  }

  @ParameterizedTest
  @CsvSource({
    "s1 u1, 3, 4",
    "s1 u1 a1 u2, 3, 4",
    "u1 a1 t1, 5, 6",
    "s1 s2, 3, 4",
    "s1 a1 a2, 5, 6",
  })
  void whatDoesNotFitIsRefusedAndNotCut(String path, int window, int needed) {
    var refused =
        assertThrows(
            FailureException.class,
            () -> TrimPolicy.within(window).trim(chat(path), TrimPolicyTest::tokens));
    assertEquals(
        "CONTEXT_LENGTH_EXCEEDED: messages: "
            + needed
            + " tokens from the last user's on, with the system messages (expected: at most "
            + window
            + ")",
        refused.failure().toString());
  }

  @Test
  void byDefaultTwentyMessagesAreKept() {
    List<ChatMessage> path = new ArrayList<>(chat("s1"));
    IntStream.range(0, 30).forEach(turn -> path.addAll(chat("u" + turn % 10 + " a" + turn % 10)));
    Trimmed trimmed = TrimPolicy.within(1_000_000).trim(path, TrimPolicyTest::tokens);
    assertEquals(21, trimmed.messages().size());
    assertEquals(path.subList(41, 61), trimmed.messages().subList(1, 21));
    assertEquals(40, trimmed.omitted());
  }

  @Test
  void tokensMayAddUpToMoreThanAnIntHolds() {
    var refused =
        assertThrows(
            FailureException.class,
            () -> TrimPolicy.within(10).trim(chat("s1 s2 u1"), _ -> Integer.MAX_VALUE));
    assertEquals(true, refused.failure().message().startsWith("messages: 6442450941 tokens"));
  }

  @Test
  void nonsenseIsRefused() {
    assertEquals(
        "messages: 0 (expected: >= 1)",
        assertThrows(IllegalArgumentException.class, () -> new TrimPolicy(0, 1)).getMessage());
    assertEquals(
        "window: 0 (expected: >= 1)",
        assertThrows(IllegalArgumentException.class, () -> new TrimPolicy(1, 0)).getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> TrimPolicy.within(1).trim(List.of(), TrimPolicyTest::tokens));
  }

  private static int tokens(ChatMessage message) {
    return message.content().length();
  }

  private static List<ChatMessage> chat(String path) {
    List<ChatMessage> messages = new ArrayList<>();
    for (String name : path.split(" ", -1)) {
      messages.add(new ChatMessage(role(name.charAt(0)), name));
    }
    return messages;
  }

  private static String role(char first) {
    return switch (first) {
      case 's' -> "system";
      case 'u' -> "user";
      case 'a' -> "assistant";
      case 't' -> "tool";
      default -> throw new AssertionError(first);
    };
  }
}
