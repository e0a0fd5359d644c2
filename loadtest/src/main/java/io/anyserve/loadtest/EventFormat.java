package io.anyserve.loadtest;

/** How the data of server-sent events name the text of a chunk. */
public enum EventFormat {
  /** Of {@code /v1/completions}. */
  COMPLETION("/v1/completions", "text"),
  /** Of {@code /v1/chat/completions}. */
  CHAT("/v1/chat/completions", "content");

  private final String path;
  private final String text;
  private final String noText;

  EventFormat(String path, String field) {
    this.path = path;
    this.text = "\"" + field + "\":";
    this.noText = text + "\"\"";
  }

  public String path() {
    return path;
  }

  /** Where the text of a chunk begins; negative where the event brings none. */
  int textIn(String events, int from, int to) {
    int at = events.indexOf(text, from, to);
    return at >= 0 && events.indexOf(noText, at, to) < 0 ? at + text.length() : -1;
  }
}
