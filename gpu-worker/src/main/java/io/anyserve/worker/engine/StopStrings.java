package io.anyserve.worker.engine;

import java.util.List;

/**
 * Passes text on until a stop string comes up, and never any part of it.
 *
 * <p>Text that may be the beginning of a stop string is held back until that is decided. A function
 * of the pieces pushed, so that pushing the same pieces again rebuilds its state.
 */
public final class StopStrings {

  private final List<String> stops;
  private String held = "";
  private boolean stopped;

  public StopStrings(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** The text that may be shown now; nothing more after a stop string. */
  public String push(String text) {
    if (stopped) {
      return "";
    }
    if (stops.isEmpty()) {
      return text;
    }
    String open = held + text;
    int stop = firstStop(open);
    stopped = stop >= 0;
    int shown = stopped ? stop : open.length() - heldBack(open);
    held = stopped ? "" : open.substring(shown);
    return open.substring(0, shown);
  }

  /** What was held back, when no more text comes. */
  public String flush() {
    String rest = held;
    held = "";
    return rest;
  }

  public boolean stopped() {
    return stopped;
  }

  private int firstStop(String text) {
    return stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
  }

  /** The length of the longest end of the text that begins a stop string. */
  private int heldBack(String text) {
    return stops.stream().mapToInt(stop -> beginning(text, stop)).max().orElse(0);
  }

  private static int beginning(String text, String stop) {
    for (int length = Math.min(text.length(), stop.length() - 1); length > 0; length--) {
      if (text.regionMatches(text.length() - length, stop, 0, length)) {
        return length;
      }
    }
    return 0;
  }
}
