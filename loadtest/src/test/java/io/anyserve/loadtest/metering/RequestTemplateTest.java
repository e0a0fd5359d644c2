package io.anyserve.loadtest.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RequestTemplateTest {

  private static final Duration NOW = Duration.ofMillis(1_234);

  private final RequestTemplate script = new RequestTemplate(Instant.EPOCH);

  @Test
  void everyRequestStartsHasItsChunksAndFinishes() {
    List<TokenEvent> events = records(7).stream().map(TokenRecord::event).toList();

    var started = assertInstanceOf(TokenEvent.Started.class, events.getFirst());
    assertEquals("session-7", started.context().session().value());
    for (int i = 0; i < RequestTemplate.CHUNKS; i++) {
      var chunk = assertInstanceOf(TokenEvent.Chunk.class, events.get(1 + i));
      assertEquals(i, chunk.sequence());
      assertEquals(1, chunk.tokens().size());
    }
    var finished = assertInstanceOf(TokenEvent.Finished.class, events.getLast());
    assertEquals(RequestTemplate.CHUNKS, finished.usage().completion());
    assertEquals(NOW, finished.engineTime());
  }

  @Test
  void itsRecordsShareIdAndRun() {
    for (TokenRecord record : records(1_001)) {
      assertEquals(1_001, RequestTemplate.number(record.request()));
      assertEquals(records(1_001).getFirst().executionId(), record.executionId());
    }
  }

  @Test
  void aSessionHasOneTenant() {
    assertEquals(
        records(5).getFirst().event(), records(5 + 1_000).getFirst().event(), "session again");
  }

  @Test
  void theFloorPassesOnTheLastRecordOnly() {
    List<Boolean> passed =
        records(3).stream().map(TokenCodec::encode).map(PassThroughBaseline::finishes).toList();

    assertEquals(
        IntStream.range(0, RequestTemplate.STEPS)
            .mapToObj(i -> i == RequestTemplate.STEPS - 1)
            .toList(),
        passed);
  }

  private List<TokenRecord> records(long number) {
    return IntStream.range(0, RequestTemplate.STEPS)
        .mapToObj(step -> script.record(number, step, NOW))
        .toList();
  }
}
