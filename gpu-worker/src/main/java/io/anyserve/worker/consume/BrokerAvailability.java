package io.anyserve.worker.consume;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/** Asks the brokers whether one of them answers. Thread-safe. */
record BrokerAvailability(Admin admin) {

  private static final int PATIENCE_MILLIS = 1_000;

  /** Waits at most a moment for an answer. */
  boolean answers() {
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
