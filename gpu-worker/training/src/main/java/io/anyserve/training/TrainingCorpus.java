package io.anyserve.training;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * An endless mixture of stories, conversations and plain answers, each ended by the end-of-text
 * token.
 */
final class TrainingCorpus implements Supplier<String> {

  private static final double STORIES = 0.45;
  private static final double PLAIN_ANSWERS = 0.05;

  private final StoryGrammar stories;
  private final ChatGrammar chats;
  private final RandomGenerator random;

  TrainingCorpus(RandomGenerator random) {
    this.stories = new StoryGrammar();
    this.chats = new ChatGrammar();
    this.random = random;
  }

  @Override
  public String get() {
    return text(random.nextDouble()) + BytePairEncoding.END_OF_TEXT;
  }

  private String text(double kind) {
    if (kind < STORIES) {
      return stories.story(random);
    }
    return kind < STORIES + PLAIN_ANSWERS ? chats.plainAnswer(random) : chats.conversation(random);
  }
}
