package io.anyserve.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ChatGrammarTest {

  private static final String TURN = "<\\|im_start\\|>%s\n[^<>]+<\\|im_end\\|>\n";
  private static final Pattern CONVERSATION =
      Pattern.compile(
          "("
              + TURN.formatted("system")
              + ")?("
              + TURN.formatted("user")
              + TURN.formatted("assistant")
              + ")+");
  private static final Pattern SUM = Pattern.compile("(\\d+) plus (\\d+) is (\\d+)\\.");

  private final ChatGrammar grammar = new ChatGrammar();

  @Test
  void talksTheSameForASeed() {
    assertEquals(conversations(1, 20), conversations(1, 20));
  }

  @Test
  void writesTurnsInOrder() {
    for (String conversation : conversations(2, 1000)) {
      assertTrue(CONVERSATION.matcher(conversation).matches(), conversation);
    }
  }

  @Test
  void sumsAreRight() {
    var sums = SUM.matcher(String.join("", conversations(3, 2000))).results().toList();
    assertTrue(sums.size() > 20, "sums: " + sums.size());
    for (var sum : sums) {
      assertEquals(
          Integer.parseInt(sum.group(3)),
          Integer.parseInt(sum.group(1)) + Integer.parseInt(sum.group(2)));
    }
  }

  @Test
  void answersPlainQuestionsOnTheNextLine() {
    RandomGenerator random = new SplittableRandom(4);
    for (int i = 0; i < 200; i++) {
      String text = grammar.plainAnswer(random);
      assertTrue(text.lines().count() >= 2, text);
    }
  }

  private List<String> conversations(long seed, int count) {
    RandomGenerator random = new SplittableRandom(seed);
    return Stream.generate(() -> grammar.conversation(random)).limit(count).toList();
  }
}
