package io.anyserve.chaos.cluster;

import io.anyserve.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.RetriableException;

/** Waits until every replica of every partition is in sync. */
record ReplicaSync(KafkaClients kafka) {

  private static final long LOOK_NANOS = 200_000_000;

  /** Throws an IOException that names a partition when the patience is over. */
  void await(Duration patience) throws IOException {
    long until = System.nanoTime() + patience.toNanos();
    try (Admin admin = kafka.newAdmin("chaos")) {
      for (Optional<String> behind = behind(admin); behind.isPresent(); behind = behind(admin)) {
        if (System.nanoTime() > until) {
          throw new IOException("replicas are not in sync after " + patience + ": " + behind.get());
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while replicas were not in sync", e);
    }
  }

  private static Optional<String> behind(Admin admin) throws IOException, InterruptedException {
    try {
      Collection<String> topics =
          admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
      for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
        for (TopicPartitionInfo partition : topic.partitions()) {
          if (partition.isr().size() < partition.replicas().size()) {
            return Optional.of(topic.name() + "-" + partition);
          }
        }
      }
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException) {
        return Optional.of(String.valueOf(e.getCause()));
      }
      throw new IOException("the topics cannot be described", e);
    }
  }
}
