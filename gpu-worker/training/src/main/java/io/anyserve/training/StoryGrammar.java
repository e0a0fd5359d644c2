package io.anyserve.training;

import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Tells stories that are planned first: who, where, with whom, about what, and how it ends.
 *
 * <p>The sentences are in {@code stories.grammar}; a rule {@code plot.*} is a whole story.
 * Immutable.
 */
final class StoryGrammar {

  private final Grammar grammar;

  StoryGrammar() {
    this.grammar = new Grammar(GrammarText.resources("words.grammar", "stories.grammar"));
  }

  String story(RandomGenerator random) {
    return grammar.expand("story", random, Map.of());
  }
}
