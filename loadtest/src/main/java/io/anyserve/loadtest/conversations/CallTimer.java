package io.anyserve.loadtest.conversations;

import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.LatencyRecorder;
import io.anyserve.loadtest.conversations.ConversationsReport.CallTimes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Makes calls for a time, and counts those that read. */
record CallTimer(ConversationCalls calls, GeneratedConversations content, LongAdder reads) {

  private static final List<ConversationCall> READS =
      List.of(
          ConversationCall.SMALL_PAGE,
          ConversationCall.LARGE_NEXT_PAGES,
          ConversationCall.LARGE_SEARCH,
          ConversationCall.HISTORY);

  static CallTimer of(ConversationCalls calls, GeneratedConversations content) {
    return new CallTimer(calls, content, new LongAdder());
  }

  /** All calls in turn, not timed. */
  void warmUp(int conversations, int seconds) throws IOException, InterruptedException {
    var caller = new ConversationCaller(calls, content, "warm-up", conversations);
    long end = endAfter(seconds);
    while (System.nanoTime() < end) {
      for (ConversationCall call : ConversationCall.values()) {
        make(caller, call);
      }
    }
  }

  /**
   * Each call for a while, one at a time.
   *
   * @param name of the sessions that messages are appended to
   * @param seconds of each call
   */
  CallTimes time(String name, int conversations, int seconds)
      throws IOException, InterruptedException {
    var caller = new ConversationCaller(calls, content, name, conversations);
    Map<ConversationCall, Latency> measured = new EnumMap<>(ConversationCall.class);
    for (ConversationCall call : ConversationCall.values()) {
      measured.put(call, time(caller, call, seconds));
    }
    return new CallTimes(conversations, measured);
  }

  private Latency time(ConversationCaller caller, ConversationCall call, int seconds)
      throws IOException, InterruptedException {
    var recorder = new LatencyRecorder();
    long end = endAfter(seconds);
    for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
      make(caller, call);
      recorder.record(System.nanoTime() - begin);
    }
    return recorder.latency();
  }

  /** Many that read at the same time. */
  void readTogether(int readers, int conversations, int seconds)
      throws IOException, InterruptedException {
    long end = endAfter(seconds);
    try (ExecutorService threads = Executors.newFixedThreadPool(readers)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        var caller = new ConversationCaller(calls, content, "reader-" + i, conversations);
        running.add(threads.submit(() -> read(caller, end)));
      }
      for (Future<?> reader : running) {
        reader.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a read failed", e.getCause());
    }
  }

  /** How often it made every call. */
  private int read(ConversationCaller caller, long end) throws IOException, InterruptedException {
    int rounds = 0;
    while (System.nanoTime() < end) {
      for (ConversationCall call : READS) {
        make(caller, call);
      }
      rounds++;
    }
    return rounds;
  }

  private void make(ConversationCaller caller, ConversationCall call)
      throws IOException, InterruptedException {
    caller.make(call);
    if (call != ConversationCall.APPEND) {
      reads.increment();
    }
  }

  private static long endAfter(int seconds) {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }
}
