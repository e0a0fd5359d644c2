package io.anyserve.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.grammar.regular.InvalidGrammarException;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns mean what java.util.regex says, where both know them. */
final class RegexGrammarTest {

  private static final List<String> PARTS =
      List.of(
          "a",
          "b",
          "é",
          "😀",
          "[ab]",
          "[^a]",
          "[a-cé]",
          "\\d",
          "\\w",
          "\\D",
          ".",
          "(a|b)",
          "(?:ab|)",
          "(x(y|z)*)",
          "a*",
          "b+",
          "é?",
          "[ab]{2}",
          "(ab){1,2}",
          "a{2,}",
          "\\.",
          "\\u00e9",
          "[\\d-]");
  private static final String LETTERS = "abxyzé1-. \n😀";

  @Test
  void randomPatternsMatchWhatJavaMatches() {
    var random = new Random(11);
    int matching = 0;
    for (int i = 0; i < 1000; i++) {
      String pattern = pattern(random);
      OutputGrammar grammar = OutputGrammar.regex(pattern);
      Pattern java = Pattern.compile(pattern);
      for (int j = 0; j < 40; j++) {
        String text = text(random);
        boolean expected = java.matcher(text).matches();
        matching += expected ? 1 : 0;
        assertEquals(
            expected, JsonSchemaGrammarTest.allows(grammar, text), pattern + " and " + text);
      }
    }

    assertTrue(matching > 500, "matching " + matching);
  }

  @Test
  void anchorsAtTheEndsChangeNothing() {
    OutputGrammar grammar = OutputGrammar.regex("^(?:yes|no)$");

    assertTrue(JsonSchemaGrammarTest.allows(grammar, "yes"));
    assertTrue(
        grammar.start().advance("no".getBytes(java.nio.charset.StandardCharsets.UTF_8)).mustEnd());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?=a)b",
        "(?!a)b",
        "(?<=a)b",
        "(a)\\1",
        "\\bword",
        "a^b",
        "a$b",
        "(",
        ")",
        "[a",
        "a**",
        "*",
        "a{3,2}",
        "a{99999}",
        "\\q",
        "(?i)a",
        "[z-a]",
        "\\p{L}",
        "\\ud83d",
        "a\\"
      })
  void unsupportedPatternsAreRefused(String pattern) {
    var refusal =
        Assertions.assertThrows(InvalidGrammarException.class, () -> OutputGrammar.regex(pattern));

    assertTrue(String.valueOf(refusal.getMessage()).contains("expected: "), refusal.getMessage());
  }

  @Test
  void patternsThatExplodeAreRefused() {
    Assertions.assertThrows(
        InvalidGrammarException.class, () -> OutputGrammar.regex("(.*a.{12}){3}b.{9000}"));
  }

  private static String pattern(Random random) {
    var pattern = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      pattern.append(PARTS.get(random.nextInt(PARTS.size())));
      if (random.nextInt(5) == 0) {
        pattern.append('|');
      }
    }
    return pattern.toString();
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    int[] letters = LETTERS.codePoints().toArray();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.appendCodePoint(letters[random.nextInt(letters.length)]);
    }
    return text.toString();
  }
}
