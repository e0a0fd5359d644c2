package io.anyserve.loadtest.fuzz;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The threads of this JVM that own something and live as long as their service. */
final class OwnerThreads {

  /** Threads that others make and end as they need them. */
  private static final Pattern POOLED =
      Pattern.compile(
          "(?i).*(grpc|pool|forkjoin|virtual|compiler|attach|cleaner|http|jetty|nio|s3|start-"
              + "|fuzz|timer|executor|kafka-admin|producer-network|heartbeat|broker|raft|kraft"
              + "|controller|replica|log-|reaper|expir|snapshot).*|Thread-\\d+");

  private OwnerThreads() {}

  static Set<Thread> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !POOLED.matcher(thread.getName()).matches())
        .collect(Collectors.toSet());
  }

  static List<String> ended(Set<Thread> before) {
    return before.stream()
        .filter(thread -> !thread.isAlive())
        .map(thread -> "thread " + thread.getName() + " ended")
        .sorted()
        .toList();
  }
}
