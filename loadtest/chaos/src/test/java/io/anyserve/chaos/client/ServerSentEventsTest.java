package io.anyserve.chaos.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.chaos.client.ServerSentEvents.Event;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ServerSentEventsTest {

  private final ServerSentEvents events = new ServerSentEvents();

  @Test
  void anEmptyLineEndsAnEventAndAnIdStays() {
    assertEquals(
        List.of(new Event("1", "", "a"), new Event("1", "error", "b\nc"), new Event("1", "", "d")),
        read("id: 1", "data: a", "", "event:error", "data: b", "data: c", "", "data: d", ""));
  }

  @Test
  void commentsAndUnknownFieldsSayNothing() {
    assertEquals(List.of(), read(": ping", "", "retry: 5", "", "event: error", ""));
    assertEquals(List.of(new Event("", "", "a")), read(": ping", "data: a", ""));
  }

  private List<Event> read(String... lines) {
    return List.of(lines).stream().map(events::add).flatMap(Optional::stream).toList();
  }
}
