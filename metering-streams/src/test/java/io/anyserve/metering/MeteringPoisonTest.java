package io.anyserve.metering;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.metering.prices.PriceCalculator;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records at which metering itself fails: the clock, prices and settlements are what is broken. */
final class MeteringPoisonTest {

  private static final Tokens ONE = Tokens.of(1);
  private static final Tokens TWO = Tokens.of(2);

  @TempDir private Path state;

  static Stream<Throwable> ofTheRecord() {
    return Stream.of(new IllegalStateException("broken"), new StackOverflowError("broken"));
  }

  /** What may have passed when the record is read again. */
  static Stream<Throwable> readAgain() {
    return Stream.of(
        new IllegalStateException("once"),
        new TimeoutException("away"),
        new OutOfMemoryError("full"));
  }

  @ParameterizedTest
  @MethodSource("ofTheRecord")
  void anEventAtWhichTheAggregatorFailsIsBuriedAndLeavesNothingHalfCounted(Throwable failure) {
    try (TopologyRun run = new TopologyRun(state)) {
      run.failedBefore("test.tokens", 1);
      run.write(ONE.started(1, 11));
      run.failOnce(failure);
      run.write(ONE.chunk(1, 11, 0, 2));
      run.write(ONE.chunk(1, 11, 0, 2), ONE.finished(1, 11, 2));

      deadLetter(failure, "test.tokens", 1, run.deadLetters());
      assertEquals(2, run.onlyEntry().usage().completion());
      assertEquals(1, run.count("rejected", "reason", "fault"));
      assertEquals(3, run.count("events", "outcome", "counted"));
    }
  }

  @ParameterizedTest
  @MethodSource("readAgain")
  void anEventThatMayNotBeToBlameIsReadAgain(Throwable failure) {
    try (TopologyRun run = new TopologyRun(state)) {
      run.failOnce(failure);
      assertThrows(Throwable.class, () -> run.write(ONE.started(1, 11)));
      assertEquals(List.of(), run.deadLetters());
    }
  }

  @ParameterizedTest
  @MethodSource("ofTheRecord")
  void aPriceThatCannotBeSaidCostsNoTokens(Throwable failure) {
    PriceCalculator broken = (_, _, _, _) -> fail(failure);
    try (TopologyRun run = new TopologyRun(state, BillingServices.NONE.with(broken))) {
      run.failedBefore("test.tokens", 2);
      run.write(ONE.started(1, 11), ONE.chunk(1, 11, 0, 2), ONE.finished(1, 11, 2));

      deadLetter(failure, "test.tokens", 2, run.deadLetters());
      assertEquals(2, run.onlyEntry().usage().completion());
      assertEquals(Cost.UNPRICED, run.onlyEntry().cost());
      assertEquals(1, run.count("doubted"));
      assertEquals(3, run.count("events", "outcome", "counted"));
    }
  }

  @ParameterizedTest
  @MethodSource("ofTheRecord")
  void aSettlementThatCannotBeMadeCostsNoEntry(Throwable failure) {
    QuotaSettlements broken = _ -> fail(failure);
    try (TopologyRun run = new TopologyRun(state, BillingServices.NONE.with(broken))) {
      run.failedBefore("test.tokens", 1);
      run.write(ONE.reserved().started(1, 11), ONE.finished(1, 11, 0));

      deadLetter(failure, "test.tokens", 1, run.deadLetters());
      assertEquals(1, run.entries().size());
      assertEquals(1, run.count("doubted"));
    }
  }

  @ParameterizedTest
  @MethodSource("ofTheRecord")
  void anEntryAtWhichTheAggregatesFailIsBuriedAndTheNextOneCounted(Throwable failure) {
    TestRecord<byte[], byte[]> first;
    TestRecord<byte[], byte[]> second;
    try (TopologyRun run = new TopologyRun(state.resolve("ledger"))) {
      run.write(ONE.started(1, 11), ONE.finished(1, 11, 0));
      run.write(TWO.started(1, 11), TWO.finished(1, 11, 0));
      first = run.usage().getFirst();
      second = run.usage().getLast();
    }
    try (TopologyRun run = new TopologyRun(state.resolve("aggregates"))) {
      run.failedBefore("test.usage", 0);
      run.failOnce(failure);
      run.writeUsage(first);
      run.writeUsage(second);
      run.flush();

      deadLetter(failure, "test.usage", 0, run.deadLetters());
      assertEquals(1, run.count("aggregates.lines", "outcome", "rejected"));
      assertEquals(1, run.count("aggregates.lines", "outcome", "counted"));
    }
  }

  private static void deadLetter(
      Throwable failure, String topic, long offset, List<TestRecord<byte[], byte[]>> deadLetters) {
    assertEquals(1, deadLetters.size(), deadLetters::toString);
    TestRecord<byte[], byte[]> deadLetter = deadLetters.getFirst();
    assertEquals(failure.getClass().getName(), header(deadLetter, DeadLetter.EXCEPTION));
    assertEquals(topic, header(deadLetter, DeadLetter.TOPIC));
    assertEquals("0", header(deadLetter, DeadLetter.PARTITION));
    assertEquals(Long.toString(offset), header(deadLetter, DeadLetter.OFFSET));
  }

  private static String header(TestRecord<byte[], byte[]> deadLetter, String name) {
    return new String(deadLetter.headers().lastHeader(name).value(), UTF_8);
  }

  @SuppressWarnings("TypeParameterUnusedInFormals") // stands for any answer
  private static <T> T fail(Throwable failure) {
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(failure);
    }
  }
}
