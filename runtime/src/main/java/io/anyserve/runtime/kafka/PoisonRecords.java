package io.anyserve.runtime.kafka;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Passes over a record that its reader fails at. Without that the thread ends, the next one reads
 * the same record, and nothing behind it is ever read.
 *
 * <p>Every RuntimeException and a StackOverflowError say something about the record. What Kafka
 * throws, or what it caused, says something about the broker, a transaction or a store: it goes on
 * to the caller, as the record is to be read again. So does every other error: memory that runs out
 * does so at any record.
 */
public final class PoisonRecords {

  private static final int CAUSES = 20;

  private PoisonRecords() {}

  /**
   * Does the work on one record.
   *
   * @param poisoned called with what the work threw because of the record
   */
  public static void passOver(Runnable work, Consumer<Throwable> poisoned) {
    try {
      work.run();
    } catch (RuntimeException e) {
      poisoned.accept(ofTheRecord(e));
    } catch (StackOverflowError e) {
      poisoned.accept(e);
    }
  }

  /**
   * What the work on one record gives.
   *
   * @param otherwise what to take instead, given what the work threw because of the record
   */
  public static <T> T orElse(Supplier<T> work, Function<Throwable, T> otherwise) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return otherwise.apply(ofTheRecord(e));
    } catch (StackOverflowError e) {
      return otherwise.apply(e);
    }
  }

  private static RuntimeException ofTheRecord(RuntimeException failure) {
    @Nullable Throwable cause = failure;
    for (int i = 0; i < CAUSES && cause != null; i++, cause = cause.getCause()) {
      if (cause instanceof KafkaException) {
        throw failure;
      }
    }
    return failure;
  }
}
