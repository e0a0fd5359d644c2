package io.anyserve.loadtest.conversations;

/** A call that is measured. */
public enum ConversationCall {
  SMALL_PAGE("sessions, small tenant"),
  LARGE_PAGE("sessions, large tenant"),
  LARGE_NEXT_PAGES("sessions, large tenant, page after page"),
  SMALL_SEARCH("search, small tenant"),
  LARGE_SEARCH("search, large tenant, one page"),
  HISTORY("history"),
  APPEND("append");

  private final String text;

  ConversationCall(String text) {
    this.text = text;
  }

  /** For people. */
  String text() {
    return text;
  }
}
