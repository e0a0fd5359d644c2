package io.anyserve.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class GrammarTest {

  @Test
  void aBoundNameStaysForTheWholeText() {
    Grammar grammar = grammar("text: {hero=name}{hero} and {hero}\nname: Lily | Tom | Ana | Ben");
    for (int seed = 0; seed < 50; seed++) {
      String[] words = grammar.expand("text", new SplittableRandom(seed)).split(" ", -1);
      assertEquals(words[0], words[2]);
    }
  }

  @Test
  void aRuleGivesEachOfItsAlternatives() {
    Grammar grammar = grammar("text: one | two\n  three");
    var random = new SplittableRandom(1);
    var seen = new HashSet<String>();
    for (int i = 0; i < 100; i++) {
      seen.add(grammar.expand("text", random));
    }
    assertEquals(Set.of("one", "two", "three"), seen);
  }

  @Test
  void twoNamesAvoidTheSameValue() {
    Grammar grammar = grammar("text: {a=name}{b=name}{a} {b}\nname: Lily | Tom");
    int same = 0;
    for (int seed = 0; seed < 50; seed++) {
      String[] words = grammar.expand("text", new SplittableRandom(seed)).split(" ", -1);
      same += words[0].equals(words[1]) ? 1 : 0;
    }
    assertTrue(same <= 2, same + " of 50 are equal");
  }

  @Test
  void placesArticlesAndCapitals() {
    String text = "text: {a x} {A y} {X}\nx: owl\ny: unicorn";
    assertEquals("an owl A unicorn Owl", expand(text));
    assertEquals(
        "An hour, an honest man, a honey pot",
        expand("text: {A h}, {a m}, {a p}\nh: hour\nm: honest man\np: honey pot"));
  }

  @Test
  void boundTextsMayHoldPieces() {
    assertEquals("a small dog ran", expand("text: {who=\"{a size} dog\"}{who} ran\nsize: small"));
  }

  @Test
  void emptyAlternativesLeaveNoGap() {
    assertEquals("one two", expand("text: one {nothing} two\nnothing: ~"));
  }

  @Test
  void linesMayBreak() {
    assertEquals("one\ntwo", expand("text: one \\n two"));
  }

  @Test
  void refusesUnknownNames() {
    var error =
        assertThrows(IllegalArgumentException.class, () -> grammar("text: {missing} {also}"));
    assertEquals("references: [also, missing] (expected: rules or names)", error.getMessage());
  }

  @Test
  void refusesBracesThatDoNotClose() {
    var error = assertThrows(IllegalArgumentException.class, () -> grammar("text: {open"));
    assertEquals("template: {open (expected: a closing brace)", error.getMessage());
  }

  @Test
  void refusesARuleWrittenTwice() {
    var error = assertThrows(IllegalArgumentException.class, () -> grammar("a: x\na: y"));
    assertEquals("text: a (expected: one rule of a name)", error.getMessage());
  }

  private static String expand(String text) {
    return grammar(text).expand("text", new SplittableRandom(1));
  }

  private static Grammar grammar(String text) {
    Map<String, List<Template>> rules = GrammarText.parse(text);
    return new Grammar(rules);
  }
}
