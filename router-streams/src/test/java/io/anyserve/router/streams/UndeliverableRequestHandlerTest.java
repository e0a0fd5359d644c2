package io.anyserve.router.streams;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.Samples;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Response;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Result;
import org.apache.kafka.streams.errors.internals.DefaultErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class UndeliverableRequestHandlerTest {

  private static final byte[] REQUEST =
      RequestCodec.encode(Samples.interactive(Samples.id(1), "story", 5));

  private final UndeliverableRequestHandler handler = new UndeliverableRequestHandler();

  @BeforeEach
  void configure() {
    handler.configure(Map.of(UndeliverableRequestHandler.PREFIX, "p."));
  }

  @Test
  void aRequestThatIsTooLargeIsAnsweredWhereItAsksAndBuried() {
    Response response = handle("p.requests.story", REQUEST, new RecordTooLargeException("big"));
    assertEquals(Result.RESUME, response.result());
    var records = response.deadLetterQueueRecords();
    assertEquals(
        List.of("p.tokens", "p.dlq"), records.stream().map(ProducerRecord::topic).toList());
    var answer = records.getFirst();
    assertEquals(5, answer.partition());
    TokenRecord token = TokenCodec.decode(answer.key(), answer.value());
    assertEquals("TOO_LARGE: p.requests.story: big", ((Failed) token.event()).failure().toString());
    assertArrayEquals(new byte[0], records.getLast().value());
  }

  @Test
  void aTopicThatIsGoneIsNoWorker() {
    var gone = new TimeoutException("absent", new UnknownTopicOrPartitionException("gone"));
    var answer = handle("p.requests.story", REQUEST, gone).deadLetterQueueRecords().getFirst();
    TokenRecord token = TokenCodec.decode(answer.key(), answer.value());
    assertEquals(FailureCode.NO_WORKER, ((Failed) token.event()).failure().code());
  }

  @Test
  void whatIsNoRequestIsOnlyBuriedAndALetterNotEvenThat() {
    var big = new RecordTooLargeException("big");
    assertEquals(1, handle("p.tokens", new byte[] {1}, big).deadLetterQueueRecords().size());
    assertEquals(List.of(), handle("p.dlq", REQUEST, big).deadLetterQueueRecords());
  }

  @Test
  void whatMayPassIsTriedAgainAndTheRestEndsTheThread() {
    assertEquals(Result.RETRY, handle("p.tokens", REQUEST, new TimeoutException("slow")).result());
    assertEquals(
        Result.RETRY, handle("p.tokens", REQUEST, new NotEnoughReplicasException("1")).result());
    assertEquals(
        Result.FAIL, handle("p.tokens", REQUEST, new IllegalStateException("closed")).result());
  }

  private Response handle(String topic, byte[] value, Exception exception) {
    return handler.handleError(
        context(), new ProducerRecord<>(topic, new byte[] {7}, value), exception);
  }

  private static ErrorHandlerContext context() {
    return new DefaultErrorHandlerContext(
        null, "p.intake", 0, 1, new RecordHeaders(), "route", new TaskId(0, 0), 0, null, null);
  }
}
