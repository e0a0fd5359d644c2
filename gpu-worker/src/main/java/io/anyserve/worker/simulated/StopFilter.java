package io.anyserve.worker.simulated;

import java.util.List;

/**
 * Lets text pass up to the first stop string and holds back what may be the beginning of one. A
 * function of the pieces given to it so far.
 */
final class StopFilter {

  private final List<String> stops;
  private String held = "";
  private boolean hit;

  StopFilter(List<String> stops) {
    this.stops = stops;
  }

  /** The part of all text so far that may be shown now and was not yet. */
  String pass(String piece) {
    if (stops.isEmpty()) {
      return piece;
    }
    String open = held + piece;
    int end = firstStop(open);
    hit = end < open.length();
    int shown = hit ? end : open.length() - possibleStart(open);
    held = hit ? "" : open.substring(shown);
    return open.substring(0, shown);
  }

  /** A stop string came up: nothing follows. */
  boolean hit() {
    return hit;
  }

  /** What is still held back when the answer ends otherwise. */
  String rest() {
    String rest = held;
    held = "";
    return rest;
  }

  private int firstStop(String text) {
    int first = text.length();
    for (String stop : stops) {
      int at = text.indexOf(stop);
      first = at >= 0 ? Math.min(first, at) : first;
    }
    return first;
  }

  private int possibleStart(String text) {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, text.length()); length > longest; length--) {
        longest = text.endsWith(stop.substring(0, length)) ? length : longest;
      }
    }
    return longest;
  }
}
