package io.anyserve.worker.consume;

import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/** Where threads wait for a broker, with one client among them. Thread-safe. */
final class BrokerAvailability {

  private static final int PATIENCE_MILLIS = 1_000;
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** For so long nobody asks again. */
  private static final Duration OPEN = Duration.ofSeconds(1);

  private final KafkaClients kafka;
  private final String clientId;
  private final LongSupplier nanos;
  private long openUntil;

  BrokerAvailability(KafkaClients kafka, String clientId, LongSupplier nanos) {
    this.kafka = kafka;
    this.clientId = clientId;
    this.nanos = nanos;
    this.openUntil = nanos.getAsLong();
  }

  /** Returns when a broker answers, or soon after nobody wants that any more. */
  synchronized void await(BooleanSupplier unwanted) {
    if (nanos.getAsLong() - openUntil < 0) {
      return;
    }
    try (Admin admin = kafka.newAdmin(clientId)) {
      while (!unwanted.getAsBoolean() && !answers(admin)) {
        LockSupport.parkNanos(this, PAUSE.toNanos());
      }
    }
    openUntil = nanos.getAsLong() + OPEN.toNanos();
  }

  private static boolean answers(Admin admin) {
    try {
      admin.describeCluster(new DescribeClusterOptions().timeoutMs(PATIENCE_MILLIS)).nodes().get();
      return true;
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
