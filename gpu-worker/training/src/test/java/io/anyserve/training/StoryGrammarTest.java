package io.anyserve.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class StoryGrammarTest {

  private static final Pattern NAMED = Pattern.compile("(?:named|name was) ([A-Z][a-z]+)");

  private final StoryGrammar grammar = new StoryGrammar();

  @Test
  void tellsTheSameStoriesForASeed() {
    assertEquals(stories(5, 20), stories(5, 20));
  }

  @Test
  void tellsManyDifferentStories() {
    assertEquals(500, new HashSet<>(stories(6, 500)).size());
  }

  @Test
  void writesPlainFinishedSentences() {
    for (String story : stories(7, 500)) {
      assertTrue(Pattern.matches("[A-Z\"][\\w\\s.,!?\"':-]+[.!?\"]", story), story);
      assertFalse(story.contains("  "), story);
    }
  }

  @Test
  void introducesEveryNameOnce() {
    int introduced = 0;
    for (String story : stories(8, 500)) {
      List<String> names = NAMED.matcher(story).results().map(found -> found.group(1)).toList();
      assertEquals(names.size(), new HashSet<>(names).size(), story);
      introduced += names.size();
    }
    assertTrue(introduced > 300, "introduced: " + introduced);
  }

  @Test
  void knowsHowStoriesBegin() {
    List<String> stories = stories(9, 3000);
    for (String start : List.of("Once upon a time", "One sunny ", "The little ", "There was ")) {
      assertTrue(stories.stream().anyMatch(story -> story.startsWith(start)), start);
    }
  }

  private List<String> stories(long seed, int count) {
    RandomGenerator random = new SplittableRandom(seed);
    return Stream.generate(() -> grammar.story(random)).limit(count).toList();
  }
}
