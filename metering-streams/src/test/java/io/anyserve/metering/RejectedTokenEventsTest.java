package io.anyserve.metering;

import static io.anyserve.metering.TopologyRun.header;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RejectedTokenEventsTest {

  private static final Tokens ONE = Tokens.of(1);
  private static final Tokens TWO = Tokens.of(2);
  private final TopologyRun run;

  RejectedTokenEventsTest(@TempDir java.nio.file.Path state) {
    this.run = new TopologyRun(state);
  }

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void aChunkBehindAGapIsADeadLetter() {
    run.write(
        ONE.started(1, 11), ONE.chunk(1, 11, 0, 1), ONE.chunk(1, 11, 2, 1), ONE.finished(1, 11, 2));

    assertEquals(1, run.onlyEntry().usage().completion());
    TestRecord<byte[], byte[]> deadLetter = run.deadLetters().getFirst();
    assertArrayEquals(ONE.request().bytes(), deadLetter.key());
    assertEquals("sequence: 2 (expected: 1)", header(deadLetter.headers(), DeadLetter.MESSAGE));
    assertEquals("2", header(deadLetter.headers(), DeadLetter.OFFSET));
    assertEquals(1, run.count("rejected", "reason", "gap"));
  }

  @Test
  void aBatchHasOneDeadLetterHoweverManyOfItsChunksAreRejected() {
    run.write(ONE.started(1, 11), TWO.started(1, 12));
    run.writeBatch(ONE.chunk(1, 11, 3, 1), TWO.chunk(1, 12, 4, 1));
    run.writeBytes(null, new byte[] {10, 99});

    assertEquals(2, run.deadLetters().size());
    assertEquals(2, run.count("rejected", "reason", "gap"));
    assertEquals(1, run.count("rejected", "reason", "malformed"));
  }

  @Test
  void aRefusalWithoutContextCannotBeBilled() {
    var failure = (TokenEvent.Failed) ONE.refused().event();
    run.write(
        TokenRecord.unassigned(
            ONE.request(),
            new TokenEvent.Failed(failure.failure(), TokenUsage.NONE, Optional.empty())));

    assertEquals(List.of(), run.entries());
    assertEquals(1, run.deadLetters().size());
  }

  @Test
  void malformedRecordsAreDeadLettersAndThePartitionGoesOn() {
    byte[] key = ONE.request().bytes();
    run.write(ONE.started(1, 11));
    run.writeBytes(key, new byte[] {(byte) 0xFF, 1, 2});
    run.writeBytes(key, new byte[0]);
    run.writeBytes(key, null);
    run.writeBytes(null, run.bytes(ONE.chunk(1, 11, 0, 1)));
    run.writeBytes(new byte[3], run.bytes(ONE.chunk(1, 11, 0, 1)));
    run.write(ONE.chunk(1, 11, 0, 1), ONE.finished(1, 11, 1));

    assertEquals(1, run.onlyEntry().usage().completion());
    List<TestRecord<byte[], byte[]>> deadLetters = run.deadLetters();
    assertEquals(5, deadLetters.size());
    assertEquals(5, run.count("rejected", "reason", "malformed"));
    assertArrayEquals(new byte[] {(byte) 0xFF, 1, 2}, deadLetters.get(0).value());
    assertNull(deadLetters.get(2).value());
    assertNull(deadLetters.get(3).key());
    assertEquals("test.tokens", header(deadLetters.get(0).headers(), DeadLetter.TOPIC));
    assertEquals("0", header(deadLetters.get(0).headers(), DeadLetter.PARTITION));
    assertEquals("1", header(deadLetters.get(0).headers(), DeadLetter.OFFSET));
    assertTrue(
        header(deadLetters.get(4).headers(), DeadLetter.MESSAGE).startsWith("key: 3 bytes"),
        () -> header(deadLetters.get(4).headers(), DeadLetter.MESSAGE));
  }

  @Test
  void whatIsOversizedIsCutToFitTheDeadLetters() {
    run.writeBytes(new byte[500_000], new byte[500_000]);
    run.writeBytes(ONE.request().bytes(), new byte[1_000_000]);
    run.writeBytes(ONE.request().bytes(), failureWithCode("X".repeat(1_000_000)));

    for (TestRecord<byte[], byte[]> deadLetter : run.deadLetters()) {
      assertTrue(deadLetter.key().length <= DeadLetterRecord.MOST_KEY_BYTES);
      assertTrue(deadLetter.value().length <= DeadLetterRecord.MOST_VALUE_BYTES);
      assertTrue(header(deadLetter.headers(), DeadLetter.MESSAGE).length() < 1_100);
    }
  }

  @Test
  void aModelNameThatWouldNotFitAEntryIsCut() {
    String large = "m".repeat(1_023) + "\uD83D\uDE00";
    var started = (TokenEvent.Started) ONE.started(1, 11).event();
    run.write(
        ONE.record(
            1,
            11,
            new TokenEvent.Started(
                started.context(),
                started.worker(),
                started.capability(),
                large,
                1,
                0,
                false,
                Optional.empty())),
        ONE.chunk(1, 11, 0, 2),
        ONE.finished(1, 11, 2));

    assertEquals("m".repeat(1_023), run.onlyEntry().servedBy().model());
    assertEquals(2, run.onlyEntry().usage().completion());
    assertEquals(1, run.count("doubted"));
    assertEquals(
        "model: 1025 characters (expected: at most 1024)",
        header(run.deadLetters().getFirst().headers(), DeadLetter.MESSAGE));
  }

  private static byte[] failureWithCode(String code) {
    return io.anyserve.v1.TokenEvent.newBuilder()
        .setFailed(io.anyserve.v1.Failed.newBuilder().setCode(code))
        .build()
        .toByteArray();
  }
}
