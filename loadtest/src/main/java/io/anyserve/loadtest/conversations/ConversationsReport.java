package io.anyserve.loadtest.conversations;

import io.anyserve.loadtest.Latency;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One run of the benchmark of conversations.
 *
 * @param load average of the last minute, at the end
 * @param messages of each conversation
 * @param appended the first conversations, call by call
 * @param written the others, as records
 * @param readable seconds from the first of these records until the last one could be read
 * @param memory of the two processes in the course of the run
 * @param calls what they took, with few and with many conversations
 * @param storeMebibytes of the router on disk, with all conversations
 * @param restartSeconds until the router answers again with its store
 * @param restoreSeconds until the router answers again after its store was deleted
 */
public record ConversationsReport(
    Instant at,
    String machine,
    double load,
    int conversations,
    int messages,
    Filling appended,
    Filling written,
    double readable,
    List<MemorySample> memory,
    List<CallTimes> calls,
    double storeMebibytes,
    double restartSeconds,
    double restoreSeconds) {

  private static final double NANOS_PER_SECOND = 1e9;

  public ConversationsReport {
    memory = List.copyOf(memory);
    calls = List.copyOf(calls);
  }

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

  /** What each call took, one caller at a time. */
  public record CallTimes(int conversations, Map<ConversationCall, Latency> times) {

    public CallTimes {
      times = Map.copyOf(times);
    }
  }
}
