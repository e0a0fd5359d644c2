package io.anyserve.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Conversations in ChatML about small things, and the same answers as plain text.
 *
 * <p>The sentences are in {@code chat.grammar}: a topic is a text of an even number of parts
 * between {@code =>}, the user's and the assistant's by turns. Immutable.
 */
final class ChatGrammar {

  private static final double SYSTEM_SHARE = 0.4;
  private static final double ANOTHER_TOPIC = 0.45;
  private static final int MOST_TOPICS = 5;

  private final Grammar grammar;

  ChatGrammar() {
    Map<String, List<Template>> rules =
        new HashMap<>(GrammarText.resources("words.grammar", "stories.grammar", "chat.grammar"));
    rules.putAll(GrammarText.parse(ArithmeticRules.rules()));
    this.grammar = new Grammar(rules);
  }

  /** A conversation, each turn between the turn tokens and ended by a line break. */
  String conversation(RandomGenerator random) {
    var text = new StringBuilder();
    if (random.nextDouble() < SYSTEM_SHARE) {
      text.append(turn("system", grammar.expand("system", random)));
    }
    int topics = 1;
    while (topics < MOST_TOPICS && random.nextDouble() < ANOTHER_TOPIC) {
      topics++;
    }
    for (int i = 0; i < topics; i++) {
      List<String> parts = topic(random);
      for (int part = 0; part < parts.size(); part += 2) {
        text.append(turn("user", typed(parts.get(part), random)));
        text.append(turn("assistant", parts.get(part + 1)));
      }
    }
    return text.toString();
  }

  /**
   * A question and its answer without turns, as somebody would write them who knows no template.
   */
  String plainAnswer(RandomGenerator random) {
    List<String> parts = topic(random);
    return typed(parts.get(0), random) + "\n" + parts.get(1);
  }

  private List<String> topic(RandomGenerator random) {
    String text = grammar.expand("topic", random);
    var parts = new ArrayList<String>();
    for (String part : text.split("=>", -1)) {
      parts.add(part.strip());
    }
    if (parts.size() % 2 != 0) {
      throw new IllegalStateException("topic: " + text + " (expected: an even number of parts)");
    }
    return parts;
  }

  /** What people really type: now and then without capitals or without the mark at the end. */
  private static String typed(String text, RandomGenerator random) {
    String typed = random.nextDouble() < 0.2 ? text.toLowerCase(Locale.ROOT) : text;
    boolean marked = typed.endsWith("?") || typed.endsWith(".") || typed.endsWith("!");
    return marked && random.nextDouble() < 0.25 ? typed.substring(0, typed.length() - 1) : typed;
  }

  private static String turn(String role, String text) {
    return BytePairEncoding.TURN_START + role + "\n" + text + BytePairEncoding.TURN_END + "\n";
  }
}
