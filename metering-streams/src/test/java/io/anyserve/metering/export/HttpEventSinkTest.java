package io.anyserve.metering.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class HttpEventSinkTest {

  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

  /** Of an endpoint that answers. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of an endpoint that does not answer, or not to the end: a test waits that long. */
  private static final Duration BRIEF = Duration.ofSeconds(8);

  @Test
  void aBatchIsAnArrayOfCloudEvents() throws Exception {
    try (TestEndpoint endpoint = new TestEndpoint(_ -> TestEndpoint.TAKEN)) {
      assertEquals(new SendResult.Taken(), send(endpoint.uri(), PATIENCE));

      TestEndpoint.Post post = endpoint.posts().getFirst();
      String head = post.head().toLowerCase(java.util.Locale.ROOT);
      assertTrue(head.startsWith("post /api/v1/events"), head);
      assertTrue(head.contains("content-type: application/cloudevents-batch+json"), head);
      assertTrue(head.contains("authorization: bearer secret"), head);
      assertEquals(2, post.events().size());
      var event = post.events().get(0);
      assertEquals("1.0", event.get("specversion").asString());
      assertEquals(TestEntries.id(1).toString(), event.get("id").asString());
      assertEquals("/anyserve/metering", event.get("source").asString());
      assertEquals("io.anyserve.usage.v1", event.get("type").asString());
      assertEquals("acme", event.get("subject").asString());
      assertEquals("2026-11-20T10:00:00.250Z", event.get("time").asString());
      var data = event.get("data");
      assertEquals("tiny", data.get("model").asString());
      assertEquals("finished", data.get("outcome").asString());
      assertEquals(7, data.get("prompt_tokens").asLong());
      assertEquals(11, data.get("completion_tokens").asLong());
      assertEquals(3, data.get("cached_tokens").asLong());
      assertEquals(42, data.get("cost_micros").asLong());
      assertEquals(50, data.get("first_token_ms").asLong());
      assertEquals(200, data.get("duration_ms").asLong());
      assertEquals("blue", data.get("labels").get("team").asString());
    }
  }

  @Test
  void theStatusDecides() throws Exception {
    assertEquals(new SendResult.Taken(), answer(TestEndpoint.status(200)));
    assertEquals(new SendResult.Refused("status 400"), answer(TestEndpoint.status(400)));
    assertEquals(new SendResult.Refused("status 413"), answer(TestEndpoint.status(413)));
    assertEquals(new SendResult.Refused("status 422"), answer(TestEndpoint.status(422)));
    for (int status : List.of(302, 401, 404, 408, 429, 500, 503)) {
      assertEquals(
          new SendResult.Later("status " + status, Optional.empty()),
          answer(TestEndpoint.status(status)));
    }
  }

  @Test
  void theReceiverSaysHowLongToWait() throws Exception {
    assertEquals(Optional.of(Duration.ofSeconds(7)), after("7"));
    assertEquals(Optional.of(Duration.ofSeconds(30)), after("Fri, 20 Nov 2026 10:00:30 GMT"));
    assertEquals(Optional.of(Duration.ZERO), after("Fri, 20 Nov 2026 09:00:00 GMT"));
    assertEquals(Optional.of(Duration.ofHours(1)), after("999999999"));
    assertEquals(Optional.empty(), after("soon"));
  }

  @Test
  void whoKeepsStillOrHangsUpIsAskedAgain() throws Exception {
    assertInstanceOf(SendResult.Later.class, answer("hang", Duration.ofSeconds(1)));
    assertInstanceOf(SendResult.Later.class, answer(""));
    assertInstanceOf(SendResult.Later.class, answer("HTTP/1.1 20", Duration.ofSeconds(1)));
    assertInstanceOf(SendResult.Later.class, answer("nonsense\r\n\r\n"));
    assertInstanceOf(SendResult.Later.class, send(URI.create("http://127.0.0.1:9"), PATIENCE));
  }

  @Test
  void aBodyThatNeverEndsDoesNotUndoTheStatus() throws Exception {
    assertEquals(
        new SendResult.Taken(),
        answer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf", BRIEF));
  }

  private static Optional<Duration> after(String retryAfter) throws Exception {
    SendResult receipt = answer(TestEndpoint.status(429, "Retry-After: " + retryAfter));
    return assertInstanceOf(SendResult.Later.class, receipt).after();
  }

  private static SendResult answer(String answer) throws Exception {
    return answer(answer, PATIENCE);
  }

  private static SendResult answer(String answer, Duration timeout) throws Exception {
    try (TestEndpoint endpoint = new TestEndpoint(_ -> answer)) {
      return send(endpoint.uri(), timeout);
    }
  }

  private static SendResult send(URI uri, Duration timeout) throws InterruptedException {
    var settings =
        new ExportConfig(
            ExportConfig.DEFAULT_SOURCE,
            Optional.empty(),
            Optional.of(uri),
            Optional.of("Bearer secret"),
            10,
            timeout);
    try (HttpEventSink receiver = new HttpEventSink(settings, InstantSource.fixed(NOW))) {
      return receiver.send(
          List.of(
              new UsageEvent(settings.source(), TestEntries.entry(1)),
              new UsageEvent(settings.source(), TestEntries.entry(2))));
    }
  }
}
