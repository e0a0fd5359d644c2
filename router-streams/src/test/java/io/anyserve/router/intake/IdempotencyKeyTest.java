package io.anyserve.router.intake;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.asynchronous;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.ingressId;
import static io.anyserve.router.Samples.interactive;
import static io.anyserve.router.Samples.worker;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Submissions of one idempotency key, in the order in which they lie on the topic. */
final class IdempotencyKeyTest {

  private static final String DIGEST = "ab".repeat(32);
  private static final String OTHER_DIGEST = "cd".repeat(32);

  private final IntakeRun run = new IntakeRun();

  @BeforeEach
  void announce() {
    run.announce(worker("w1", NOW, "story"));
  }

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void theFirstIsRouted() {
    InferenceRequest first = submission(1, DIGEST, 3);
    run.submit(first);
    assertEquals(List.of(first), routed());
    assertEquals(List.of(), run.refusals());
  }

  @Test
  void anotherIsToldWhereTheFirstIs() {
    run.submit(submission(1, DIGEST, 3));
    run.submit(submission(2, DIGEST, 5));
    assertEquals(1, routed().size());
    var answer = run.only(run.topics.tokens());
    assertArrayEquals(id(7).bytes(), answer.key());
    TokenRecord token = TokenCodec.decode(answer.key(), answer.value());
    assertEquals(
        TokenRecord.duplicate(
            id(7),
            2,
            new TokenEvent.DuplicateSubmission(
                new ReplyTo(3, 17), DIGEST, interactive(id(7), "story", 3).context())),
        token);
    assertEquals(1, run.counted("anyserve.router.duplicates"));
  }

  @Test
  void theDigestIsThatOfTheFirstAlsoForAnotherQuestion() {
    run.submit(submission(1, DIGEST, 3));
    run.submit(submission(2, OTHER_DIGEST, 5));
    run.submit(submission(3, OTHER_DIGEST, 6));
    assertEquals(
        List.of(DIGEST, DIGEST),
        duplicates().stream().map(TokenEvent.DuplicateSubmission::digest).toList());
  }

  @Test
  void theSameRecordReadAgainIsRoutedAgain() {
    run.submit(submission(1, DIGEST, 3));
    run.submit(submission(2, DIGEST, 5));
    run.submit(submission(1, DIGEST, 3));
    assertEquals(2, routed().size());
    assertEquals(1, duplicates().size());
  }

  @Test
  void aRefusalStandsForTheKey() {
    InferenceRequest unknown = keyed(interactive(id(7), "stroy", 3), 1, DIGEST);
    run.submit(unknown);
    run.submit(keyed(interactive(id(7), "stroy", 5), 2, DIGEST));
    List<TokenRecord> events = run.refusals();
    assertEquals(
        FailureCode.UNKNOWN_CAPABILITY, IntakeRun.failed(events.getFirst()).failure().code());
    assertEquals(2, events.getLast().executionId());
    assertEquals(1, run.counted("anyserve.router.refused"));
  }

  @Test
  void afterADayTheKeyIsFreeAgain() {
    Instant later = NOW.plus(IdempotencyStore.KEPT);
    run.submit(submission(1, DIGEST, 3));
    run.submit(submission(2, DIGEST, 5), later);
    assertEquals(1, duplicates().size());
    run.submit(submission(3, DIGEST, 5), later.plusMillis(1));
    assertEquals(0, duplicates().size());
    assertEquals(2, routed().size());
  }

  @Test
  void whatIsTooOldIsGoneFromTheStore() {
    run.submit(submission(1, DIGEST, 3));
    run.submit(keyed(interactive(id(8), "story", 3), 1, DIGEST), NOW.plus(Duration.ofDays(3)));
    assertEquals(1, run.submissions());
  }

  @Test
  void requestsWithoutAKeyLeaveTheStoreAlone() {
    run.submit(interactive(ingressId(1), "story", 3));
    run.submit(interactive(ingressId(1), "story", 3));
    run.submit("{\"capability\":\"story\",\"prompt\":\"x\"}");
    assertEquals(0, run.submissions());
    assertEquals(2, routed().size());
  }

  @Test
  void aKeyDoesNotFreeTheIdOfASubmission() {
    run.submit(keyed(asynchronous(id(7), "story"), 1, DIGEST));
    run.submit(keyed(asynchronous(id(7), "story"), 2, DIGEST));
    assertEquals(1, run.requests("story", Priority.BATCH).size());
    assertEquals(1, duplicates().size());
  }

  private List<InferenceRequest> routed() {
    return run.requests("story", Priority.INTERACTIVE);
  }

  private List<TokenEvent.DuplicateSubmission> duplicates() {
    return run.refusals().stream()
        .map(record -> (TokenEvent.DuplicateSubmission) record.event())
        .toList();
  }

  private static InferenceRequest submission(long nonce, String digest, int partition) {
    return keyed(interactive(id(7), "story", partition), nonce, digest);
  }

  private static InferenceRequest keyed(InferenceRequest request, long nonce, String digest) {
    return new InferenceRequest(
        request.id(),
        request.context(),
        request.input(),
        request.parameters(),
        request.routing(),
        Optional.of(new Idempotency(nonce, digest)));
  }
}
