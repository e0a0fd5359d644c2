package io.anyserve.loadtest.conversations;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.loadtest.HostInfo;
import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.LatencyRecorder;
import io.anyserve.loadtest.conversations.ConversationsReport.CallTimes;
import io.anyserve.loadtest.conversations.ConversationsReport.Filling;
import io.anyserve.loadtest.conversations.ConversationsReport.MemorySample;
import io.anyserve.runtime.ScheduledCheck;
import io.anyserve.runtime.auth.KeyTopic;
import io.anyserve.runtime.auth.NewKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Fills the store of a router with conversations and measures an ingress and the router before and
 * after: memory, and the time that calls take.
 *
 * @param progress told what happens next
 */
public record ConversationsBench(ConversationsTarget target, Plan plan, Consumer<String> progress) {

  /** Conversations that are appended message by message; the others are written as records. */
  public static final int FEW = 1_000;

  private static final List<ConversationCall> READS =
      List.of(
          ConversationCall.SMALL_PAGE,
          ConversationCall.LARGE_NEXT_PAGES,
          ConversationCall.LARGE_SEARCH,
          ConversationCall.HISTORY);

  private static final int READERS = 8;
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MEBIBYTE = 1024.0 * 1024;

  /**
   * What to measure, and for how long.
   *
   * @param conversations of all tenants
   * @param messages of each conversation
   * @param warmUp seconds of all calls in turn
   * @param seconds of each measurement
   */
  public record Plan(int conversations, int messages, int warmUp, int seconds) {

    public Plan {
      if (conversations <= FEW) {
        throw new IllegalArgumentException(
            "conversations: " + conversations + " (expected: above " + FEW + ")");
      }
      if (messages < 1) {
        throw new IllegalArgumentException("messages: " + messages + " (expected: >= 1)");
      }
    }
  }

  public ConversationsReport run() throws IOException, InterruptedException, TimeoutException {
    try (ConversationCalls calls = ConversationCalls.of(target, keys())) {
      return new Run(calls).report();
    }
  }

  private Map<TenantId, String> keys() throws InterruptedException {
    var topic =
        new KeyTopic(target.kafka(), target.topics(), InstantSource.system(), new SecureRandom());
    Map<TenantId, String> keys = new HashMap<>();
    for (int number = 0; number < FEW; number++) {
      TenantId tenant = GeneratedConversations.id(number).tenant();
      if (!keys.containsKey(tenant)) {
        var grant = new KeyGrant(tenant, "bench", Set.of(KeyScope.INFER));
        var wanted = new NewKey(grant, Optional.empty(), OptionalInt.empty());
        keys.put(tenant, topic.create(wanted).secret().text());
      }
    }
    return keys;
  }

  /** One run, in the order of its methods. */
  private final class Run {

    private final ConversationCalls calls;
    private final GeneratedConversations content = new GeneratedConversations(plan.messages());
    private final ConversationFilling filling;
    private final LongAdder reads = new LongAdder();
    private final List<MemorySample> memory = new ArrayList<>();
    private final List<CallTimes> times = new ArrayList<>();

    Run(ConversationCalls calls) {
      this.calls = calls;
      this.filling = new ConversationFilling(target, calls, content);
    }

    ConversationsReport report() throws IOException, InterruptedException, TimeoutException {
      awaitKeys();
      sample("started", 0);
      progress.accept("appending " + FEW + " conversations");
      Filling appended = filling.append(0, FEW);
      progress.accept("warming up");
      warmUp();
      sample("before the filling", FEW);
      time("few", FEW);
      sample("after calls", FEW);
      int all = plan.conversations();
      progress.accept("writing " + (all - FEW) + " conversations");
      long begin = System.nanoTime();
      Filling written = filling.write(FEW, all);
      progress.accept("waiting until they can be read");
      awaitReadable();
      double readable = seconds(System.nanoTime() - begin);
      sample("after the filling", all);
      time("many", all);
      sample("after calls", all);
      progress.accept(READERS + " readers at once");
      readTogether();
      sample("after %d readers at once".formatted(READERS), all);
      double store = mebibytes(target.store());
      progress.accept("restarting the router");
      double restart = restart(true);
      progress.accept("restarting the router without its store");
      double restore = restart(false);
      return new ConversationsReport(
          Instant.now(),
          HostInfo.text(),
          ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
          all,
          plan.messages(),
          appended,
          written,
          readable,
          memory,
          times,
          store,
          restart,
          restore);
    }

    private void awaitKeys() throws InterruptedException, TimeoutException {
      await(
          "the keys",
          () -> {
            for (TenantId tenant : calls.keys().keySet()) {
              var _ = calls.sessions(tenant, "", "");
            }
            return true;
          });
    }

    private void sample(String when, int conversations) throws IOException {
      memory.add(
          new MemorySample(
              when,
              conversations,
              reads.sum(),
              ProcessMemory.of(target.ingress().getAsLong()),
              ProcessMemory.of(target.router().getAsLong())));
    }

    private void warmUp() throws IOException, InterruptedException {
      var caller = new ConversationCaller(calls, content, "warm-up", FEW);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(plan.warmUp());
      while (System.nanoTime() < end) {
        for (ConversationCall call : ConversationCall.values()) {
          make(caller, call);
        }
      }
    }

    private void time(String name, int conversations) throws IOException, InterruptedException {
      progress.accept("timing calls with " + conversations + " conversations");
      var caller = new ConversationCaller(calls, content, name, conversations);
      Map<ConversationCall, Latency> measured = new EnumMap<>(ConversationCall.class);
      for (ConversationCall call : ConversationCall.values()) {
        measured.put(call, time(caller, call));
      }
      times.add(new CallTimes(conversations, measured));
    }

    private Latency time(ConversationCaller caller, ConversationCall call)
        throws IOException, InterruptedException {
      var recorder = new LatencyRecorder();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(plan.seconds());
      for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
        make(caller, call);
        recorder.record(System.nanoTime() - begin);
      }
      return recorder.latency();
    }

    private void make(ConversationCaller caller, ConversationCall call)
        throws IOException, InterruptedException {
      caller.make(call);
      if (call != ConversationCall.APPEND) {
        reads.increment();
      }
    }

    private void readTogether() throws IOException, InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2L * plan.seconds());
      try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
          var caller = new ConversationCaller(calls, content, "reader-" + i, plan.conversations());
          readers.add(threads.submit(() -> read(caller, end)));
        }
        for (Future<?> reader : readers) {
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

    private double restart(boolean keepStore)
        throws IOException, InterruptedException, TimeoutException {
      long ready = target.restart().restart(keepStore);
      long begin = System.nanoTime();
      awaitReadable();
      return seconds(ready + System.nanoTime() - begin);
    }

    /** The large tenant's last conversation lies behind nearly all records. */
    private void awaitReadable() throws InterruptedException, TimeoutException {
      ConversationId last =
          GeneratedConversations.ofLarge(
              GeneratedConversations.shareOfLarge(plan.conversations()) - 1);
      await("conversation " + last, () -> calls.exists(last));
    }
  }

  /** A look that can fail; it counts as in vain then. */
  private interface Look {

    boolean found() throws IOException, InterruptedException;
  }

  private static void await(String what, Look look) throws InterruptedException, TimeoutException {
    var found =
        ScheduledCheck.await(() -> Optional.of(tried(look)).filter(it -> it), LOOK, PATIENCE);
    if (found.isEmpty()) {
      throw new TimeoutException(what + ": not there after " + PATIENCE);
    }
  }

  private static boolean tried(Look look) {
    try {
      return look.found();
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static double mebibytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toFile).mapToLong(java.io.File::length).sum() / MEBIBYTE;
    }
  }

  private static double seconds(long nanos) {
    return nanos / NANOS_PER_SECOND;
  }
}
