package io.anyserve.loadtest.conversations;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.loadtest.HostInfo;
import io.anyserve.loadtest.conversations.ConversationsReport.CallTimes;
import io.anyserve.loadtest.conversations.ConversationsReport.Filled;
import io.anyserve.loadtest.conversations.ConversationsReport.Filling;
import io.anyserve.loadtest.conversations.ConversationsReport.Machine;
import io.anyserve.loadtest.conversations.ConversationsReport.MemorySample;
import io.anyserve.loadtest.conversations.ConversationsReport.StoreOnDisk;
import io.anyserve.runtime.ScheduledCheck;
import io.anyserve.runtime.auth.KeyTopic;
import io.anyserve.runtime.auth.NewKey;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeoutException;
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
      return new Run(calls, new GeneratedConversations(plan.messages())).report();
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
    private final ConversationFilling filling;
    private final CallTimer timer;
    private final List<MemorySample> memory = new ArrayList<>();

    Run(ConversationCalls calls, GeneratedConversations content) {
      this.calls = calls;
      this.filling = new ConversationFilling(target, calls, content);
      this.timer = CallTimer.of(calls, content);
    }

    ConversationsReport report() throws IOException, InterruptedException, TimeoutException {
      awaitKeys();
      sample("started", 0);
      progress.accept("appending " + FEW + " conversations");
      Filling appended = filling.append(0, FEW);
      CallTimes few = few();
      Filled filled = fill(appended);
      CallTimes many = many();
      StoreOnDisk store = restarts();
      return new ConversationsReport(
          Instant.now(), machine(), filled, memory, List.of(few, many), store);
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

    private CallTimes few() throws IOException, InterruptedException {
      progress.accept("warming up");
      timer.warmUp(FEW, plan.warmUp());
      sample("before the filling", FEW);
      CallTimes times = time("few", FEW);
      sample("after calls", FEW);
      return times;
    }

    private Filled fill(Filling appended)
        throws IOException, InterruptedException, TimeoutException {
      progress.accept("writing " + (plan.conversations() - FEW) + " conversations");
      long begin = System.nanoTime();
      Filling written = filling.write(FEW, plan.conversations());
      progress.accept("waiting until they can be read");
      awaitReadable();
      double readable = seconds(System.nanoTime() - begin);
      sample("after the filling", plan.conversations());
      return new Filled(appended, written, readable);
    }

    private CallTimes many() throws IOException, InterruptedException {
      CallTimes times = time("many", plan.conversations());
      sample("after calls", plan.conversations());
      progress.accept(READERS + " readers at once");
      timer.readTogether(READERS, plan.conversations(), 2 * plan.seconds());
      sample("after %d readers at once".formatted(READERS), plan.conversations());
      return times;
    }

    private CallTimes time(String name, int conversations)
        throws IOException, InterruptedException {
      progress.accept("timing calls with " + conversations + " conversations");
      return timer.time(name, conversations, plan.seconds());
    }

    private StoreOnDisk restarts() throws IOException, InterruptedException, TimeoutException {
      double size = mebibytes(target.router().store());
      progress.accept("restarting the router");
      double restart = restart(true);
      progress.accept("restarting the router without its store");
      double restore = restart(false);
      sample("after a restore", plan.conversations());
      return new StoreOnDisk(size, restart, restore);
    }

    private void sample(String when, int conversations) throws IOException {
      memory.add(
          new MemorySample(
              when,
              conversations,
              timer.reads().sum(),
              ProcessMemory.of(target.ingress().pid().getAsLong()),
              ProcessMemory.of(target.router().pid().getAsLong())));
    }

    private double restart(boolean keepStore)
        throws IOException, InterruptedException, TimeoutException {
      long ready = target.router().restart().restart(keepStore);
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

  private static Machine machine() {
    return new Machine(
        HostInfo.text(), ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
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
      return files.map(Path::toFile).mapToLong(File::length).sum() / MEBIBYTE;
    }
  }

  private static double seconds(long nanos) {
    return nanos / NANOS_PER_SECOND;
  }
}
