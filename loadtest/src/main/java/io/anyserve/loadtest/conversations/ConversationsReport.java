package io.anyserve.loadtest.conversations;

import io.anyserve.loadtest.Latency;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One run of the benchmark of conversations.
 *
 * @param filled how they came into the store
 * @param memory of the two processes in the course of the run
 * @param calls what they took, with few and with many conversations
 */
public record ConversationsReport(
    Instant at,
    Machine machine,
    Filled filled,
    List<MemorySample> memory,
    List<CallTimes> calls,
    StoreOnDisk store) {

  private static final double NANOS_PER_SECOND = 1e9;

  public ConversationsReport {
    memory = List.copyOf(memory);
    calls = List.copyOf(calls);
  }

  /**
   * What it was measured on.
   *
   * @param load average of the last minute, at the end
   */
  public record Machine(String text, double load) {}

  /**
   * All conversations.
   *
   * @param appended the first ones, call by call
   * @param written the others, as records
   * @param readable seconds from the first of these records until the last one could be read
   */
  public record Filled(Filling appended, Filling written, double readable) {}

  /** How conversations were brought in, in nanoseconds. */
  public record Filling(int conversations, long messages, long nanos) {

    public double messagesPerSecond() {
      return messages * NANOS_PER_SECOND / nanos;
    }
  }

  /**
   * Memory of both processes at one moment.
   *
   * @param reads calls that the ingress had answered about lists and histories by then
   */
  public record MemorySample(
      String when, int conversations, long reads, ProcessMemory ingress, ProcessMemory router) {}

  /**
   * The router's store with all conversations.
   *
   * @param restartSeconds until the router answers again with its store
   * @param restoreSeconds until the router answers again after its store was deleted
   */
  public record StoreOnDisk(double mebibytes, double restartSeconds, double restoreSeconds) {}

  /** What each call took, one caller at a time. */
  public record CallTimes(int conversations, Map<ConversationCall, Latency> times) {

    public CallTimes {
      times = Map.copyOf(times);
    }
  }
}
