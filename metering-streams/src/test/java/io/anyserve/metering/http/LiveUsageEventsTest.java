package io.anyserve.metering.http;

import static io.anyserve.metering.http.UsageHttpFixture.readUntil;
import static io.anyserve.metering.http.UsageHttpFixture.reader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.api.TestKeys;
import java.io.BufferedReader;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
final class LiveUsageEventsTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final UsageHttpFixture server;

  LiveUsageEventsTest() throws Exception {
    server = new UsageHttpFixture();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void eventsTellWhatIsAdded() throws Exception {
    try (Socket socket = server.stream("/v1/usage/live", TestKeys.ACME)) {
      BufferedReader events = reader(socket);
      readUntil(events, "retry: 2000");
      server.counted.add(
          TestEntry.of("globex", "s9").entry(), TestEntry.of("acme", "s9").tokens(33).entry());
      readUntil(events, "event: usage");
      JsonNode usage = JSON.readTree(readUntil(events, "data: ").substring(6));
      assertEquals(1, usage.path("requests").asInt());
      assertEquals(33, usage.path("completion_tokens").asInt());
      readUntil(events, "event: line");
      JsonNode entry = JSON.readTree(readUntil(events, "data: ").substring(6));
      assertEquals("s9", entry.path("session").asString());
      assertEquals("acme", entry.path("tenant").asString());
    }
  }

  @Test
  void aServerThatStopsEndsItsStreams() throws Exception {
    try (Socket socket = server.stream("/v1/usage/live", TestKeys.ACME)) {
      BufferedReader events = reader(socket);
      readUntil(events, "retry: 2000");
      server.http.close();
      readUntil(events, "event: failure");
      assertTrue(readUntil(events, "data: ").contains("SHUTTING_DOWN"));
    }
  }
}
