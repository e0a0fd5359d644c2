package io.anyserve.runtime.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PoisonRecordsTest {

  private final List<Throwable> poisoned = new ArrayList<>();

  static Stream<Throwable> ofTheRecord() {
    return Stream.of(
        new IllegalStateException("x"),
        new ClassCastException("x"),
        new NullPointerException("x"),
        new IllegalArgumentException(new IOException("x")),
        new StackOverflowError("x"));
  }

  static Stream<Throwable> ofKafkaOrTheProcess() {
    return Stream.of(
        new TimeoutException("x"),
        new ProducerFencedException("x"),
        new IllegalStateException(new RuntimeException(new TimeoutException("x"))),
        new OutOfMemoryError("x"),
        new NoClassDefFoundError("x"));
  }

  @ParameterizedTest
  @MethodSource("ofTheRecord")
  void whatARecordCausesIsPassedOver(Throwable failure) {
    PoisonRecords.passOver(() -> fail(failure), poisoned::add);
    assertEquals(List.of(failure), poisoned);
    assertSame(failure, PoisonRecords.orElse(() -> fail(failure), caught -> caught));
  }

  @ParameterizedTest
  @MethodSource("ofKafkaOrTheProcess")
  void whatSaysNothingAboutTheRecordGoesOn(Throwable failure) {
    assertSame(
        failure,
        assertThrows(
            Throwable.class, () -> PoisonRecords.passOver(() -> fail(failure), poisoned::add)));
    assertSame(
        failure,
        assertThrows(
            Throwable.class, () -> PoisonRecords.orElse(() -> fail(failure), caught -> caught)));
    assertEquals(List.of(), poisoned);
  }

  @Test
  void whatSucceedsIsTaken() {
    assertEquals("done", PoisonRecords.orElse(() -> "done", Throwable::toString));
  }

  private static Throwable fail(Throwable failure) {
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(failure);
    }
  }
}
