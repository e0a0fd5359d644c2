package io.anyserve.worker.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopStringsTest {

  @Test
  void passesTextOnWithoutStops() {
    var stops = new StopStrings(List.of());
    assertEquals("one", stops.push("one"));
    assertEquals("", stops.flush());
  }

  @Test
  void stopsAcrossPieces() {
    var stops = new StopStrings(List.of("END"));
    assertEquals("a ", stops.push("a E"));
    assertEquals("", stops.push("N"));
    assertFalse(stops.stopped());
    assertEquals("", stops.push("D and more"));
    assertTrue(stops.stopped());
    assertEquals("", stops.push("more"));
    assertEquals("", stops.flush());
  }

  @Test
  void releasesABeginningThatCameToNothing() {
    var stops = new StopStrings(List.of("END"));
    assertEquals("a", stops.push("aEN"));
    assertEquals("EN", stops.push("EN"));
    assertEquals("ENx", stops.push("x"));
    assertEquals("", stops.push("E"));
    assertEquals("E", stops.flush());
  }

  @Test
  void endsBeforeTheFirstOfSeveral() {
    var stops = new StopStrings(List.of("\n\n", "User:"));
    assertEquals("so", stops.push("so\n\nUser:"));
    assertTrue(stops.stopped());
  }

  @Test
  void cuttingTheTextAnywhereChangesNothing() {
    var random = new Random(5);
    List<String> words = List.of("aab", "abab", "b", "ab");
    for (int round = 0; round < 2000; round++) {
      StringBuilder text = new StringBuilder();
      random.ints(12, 0, 3).forEach(letter -> text.append((char) ('a' + letter)));
      String stop = words.get(random.nextInt(words.size()));
      int end = text.indexOf(stop);
      assertEquals(
          end < 0 ? text.toString() : text.substring(0, end),
          inPieces(text.toString(), stop, random),
          () -> text + " up to " + stop);
    }
  }

  private static String inPieces(String text, String stop, Random random) {
    var stops = new StopStrings(List.of(stop));
    StringBuilder shown = new StringBuilder();
    for (int at = 0; at < text.length(); ) {
      int next = Math.min(text.length(), at + 1 + random.nextInt(3));
      shown.append(stops.push(text.substring(at, next)));
      at = next;
    }
    return shown.append(stops.flush()).toString();
  }
}
