package io.anyserve.router;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.asynchronous;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.interactive;
import static io.anyserve.router.Samples.worker;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.router.intake.IntakeRun;
import io.anyserve.router.results.ResultsRun;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records at which the router itself fails: the clock stands for the rule that is broken. */
final class RouterPoisonTest {

  private final IntakeRun intake = new IntakeRun();
  private final ResultsRun results = new ResultsRun();

  @AfterEach
  void close() {
    intake.close();
    results.close();
  }

  static Stream<Throwable> ofTheRecord() {
    return Stream.of(new IllegalStateException("broken"), new StackOverflowError("broken"));
  }

  static Stream<Throwable> notOfTheRecord() {
    return Stream.of(new TimeoutException("away"), new OutOfMemoryError("full"));
  }

  @ParameterizedTest
  @MethodSource("ofTheRecord")
  void aSubmissionThatMakesTheIntakeFailIsBuriedAndAnsweredAndTheNextOneRouted(Throwable failure) {
    intake.announce(worker("w1", NOW, "story"));
    intake.failOnce(failure);
    intake.submit(asynchronous(id(1), "story"));
    intake.submit(asynchronous(id(2), "story"));

    isDeadLetter(failure, intake.topics.intake(), 0, intake.deadLetters());
    TokenRecord refusal = only(intake.refusals());
    assertEquals(id(1), refusal.request());
    assertEquals(FailureCode.INTERNAL, IntakeRun.failed(refusal).failure().code());
    assertEquals(id(2), only(intake.requests("story", Priority.BATCH)).id());
    assertEquals(1, intake.counted("anyserve.router.dead.letters"));
    assertEquals(1, intake.counted("anyserve.router.refused"));
    assertEquals(2, intake.counted("anyserve.router.read"));
  }

  @Test
  void whatTheIntakeFailedAtIsRefusedAgainWithoutRunning() {
    intake.announce(worker("w1", NOW, "story"));
    InferenceRequest request = asynchronous(id(1), "story");
    intake.failOnce(new IllegalStateException("broken"));
    intake.submit(request);
    intake.submit(request);
    assertEquals(List.of(), intake.requests("story", Priority.BATCH));
    assertInstanceOf(TokenEvent.DuplicateSubmission.class, intake.refusals().getLast().event());
  }

  @Test
  void aCallerThatWaitsIsToldOnItsReplyPartition() {
    intake.announce(worker("w1", NOW, "story"));
    intake.failOnce(new IllegalStateException("broken"));
    intake.submit(interactive(id(1), "story", 3));
    var told = intake.only(intake.topics.tokens());
    assertEquals(FailureCode.INTERNAL, code(told));
  }

  @ParameterizedTest
  @MethodSource("notOfTheRecord")
  void theIntakeReadsARecordAgainThatIsNotToBlame(Throwable failure) {
    intake.announce(worker("w1", NOW, "story"));
    intake.failOnce(failure);
    assertThrows(Throwable.class, () -> intake.submit(asynchronous(id(1), "story")));
    assertEquals(List.of(), intake.deadLetters());
    assertEquals(0, intake.submissions());
  }

  @ParameterizedTest
  @MethodSource("ofTheRecord")
  void anEventAtWhichTheResultsFailIsBuriedAndTheNextRequestHasItsResult(Throwable failure) {
    results.failOnce(failure);
    results.write(TokenRecord.unassigned(id(1), refused(1)));
    results.write(TokenRecord.unassigned(id(2), refused(2)));

    isDeadLetter(failure, results.topics.tokens(), 0, results.output(results.topics.deadLetters()));
    assertEquals(1, results.output(results.topics.results()).size());
    assertEquals(1, results.counted("anyserve.router.dead.letters"));
  }

  @ParameterizedTest
  @MethodSource("notOfTheRecord")
  void theResultsReadARecordAgainThatIsNotToBlame(Throwable failure) {
    results.failOnce(failure);
    assertThrows(Throwable.class, () -> results.write(TokenRecord.unassigned(id(1), refused(1))));
    assertEquals(List.of(), results.output(results.topics.deadLetters()));
  }

  @ParameterizedTest
  @MethodSource("ofTheRecord")
  void aRowAtWhichATableFailsIsIgnored(Throwable failure) {
    results.failOnce(failure);
    results.announce(worker("w1", NOW, "story"));
    assertEquals(1, results.counted("anyserve.router.ignored"));
    results.announce(worker("w1", NOW, "story"));
    assertEquals(1, results.counted("anyserve.router.ignored"));
  }

  private static Failed refused(int number) {
    return new Failed(
        new Failure(FailureCode.NO_WORKER, "nobody"),
        TokenUsage.NONE,
        Optional.of(asynchronous(id(number), "story").context()));
  }

  private static void isDeadLetter(
      Throwable failure, String topic, long offset, List<TestRecord<byte[], byte[]>> records) {
    TestRecord<byte[], byte[]> dead = only(records);
    assertEquals(failure.getClass().getName(), header(dead, DeadLetter.EXCEPTION));
    assertEquals("broken", header(dead, DeadLetter.MESSAGE));
    assertEquals(topic, header(dead, DeadLetter.TOPIC));
    assertEquals("0", header(dead, DeadLetter.PARTITION));
    assertEquals(Long.toString(offset), header(dead, DeadLetter.OFFSET));
  }

  private static String header(TestRecord<byte[], byte[]> dead, String name) {
    return new String(dead.headers().lastHeader(name).value(), UTF_8);
  }

  private static FailureCode code(TestRecord<byte[], byte[]> told) {
    return IntakeRun.failed(TokenCodec.decode(told.key(), told.value())).failure().code();
  }

  private static <T> T only(List<T> all) {
    assertEquals(1, all.size(), all::toString);
    return all.getFirst();
  }
}
