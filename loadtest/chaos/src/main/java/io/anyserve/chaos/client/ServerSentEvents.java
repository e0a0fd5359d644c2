package io.anyserve.chaos.client;

import java.util.Optional;

/**
 * Puts the lines of an event stream together, as the HTML standard says, section 9.2.6. Comments
 * are left out. Not thread-safe.
 */
final class ServerSentEvents {

  private final StringBuilder data = new StringBuilder();
  private String lastId = "";
  private String type = "";

  /**
   * One event.
   *
   * @param id of this event, or of the last one that had one
   * @param type empty where none is named
   */
  record Event(String id, String type, String data) {}

  /** Adds a line; an empty one ends an event. */
  Optional<Event> add(String line) {
    if (line.isEmpty()) {
      return end();
    }
    int colon = line.indexOf(':');
    String field = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    value = value.startsWith(" ") ? value.substring(1) : value;
    switch (field) {
      case "id" -> lastId = value;
      case "event" -> type = value;
      case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
      default -> {}
    }
    return Optional.empty();
  }

  private Optional<Event> end() {
    if (data.isEmpty()) {
      type = "";
      return Optional.empty();
    }
    Event event = new Event(lastId, type, data.toString());
    data.setLength(0);
    type = "";
    return Optional.of(event);
  }
}
