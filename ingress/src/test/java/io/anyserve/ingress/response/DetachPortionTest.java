package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.runtime.trace.GenAiOperation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A stopping ingress sends its clients away in portions, each of them once. */
final class DetachPortionTest {

  private final ResponseStreams streams = new SampleRequests(Duration.ZERO).streams;

  private RecordingSink accepted(long number) {
    var sink = new RecordingSink();
    var id = new RequestId(number, number);
    ResponseStream stream =
        streams.open(
            new StreamHandle(id, new SessionId("s"), new ReplyTo(0, 0), "token"),
            new TenantId("acme"),
            Duration.ofMinutes(1),
            GenAiOperation.TEXT_COMPLETION,
            Optional.empty(),
            sink);
    assertTrue(stream.send());
    stream.acknowledge();
    return sink;
  }

  private static long told(List<RecordingSink> clients) {
    return clients.stream().filter(sink -> sink.heard.contains("failed SHUTTING_DOWN")).count();
  }

  @Test
  void eachPortionTellsOthers() {
    List<RecordingSink> clients = LongStream.range(0, 30).mapToObj(this::accepted).toList();
    assertTrue(streams.detachPortion(3));
    assertEquals(10, told(clients));
    assertTrue(streams.detachPortion(2));
    assertEquals(20, told(clients));
    assertFalse(streams.detachPortion(1));
    assertEquals(30, told(clients));
    assertEquals(0, streams.size());
    clients.forEach(
        sink -> assertEquals(List.of("opened", "accepted", "failed SHUTTING_DOWN"), sink.heard));
  }

  @Test
  void aFewAreToldAtOnce() {
    List<RecordingSink> clients = LongStream.range(0, 5).mapToObj(this::accepted).toList();
    assertFalse(streams.detachPortion(20));
    assertEquals(5, told(clients));
  }
}
