package io.anyserve.worker.consume;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;

/** Sets the share groups up in which workers take work. */
public final class ShareGroups {

  /** As many deliveries of a record as Kafka allows. */
  private static final int MOST_DELIVERIES = 10;

  /**
   * From this delivery on a record is published again instead of answered: a worker that is lost
   * while it does that must not lose the request with it.
   */
  static final int REQUEUED_FROM = MOST_DELIVERIES - 3;

  private ShareGroups() {}

  /**
   * Makes the group begin with the oldest work, hand records out as told, and leave out what
   * belongs to a transaction that is open or aborted; harmless when it already does.
   *
   * @param lock how long a record is left to one member
   */
  public static void configure(Admin admin, String group, Duration lock)
      throws InterruptedException {
    Map<String, String> settings =
        Map.of(
            "share.auto.offset.reset",
            "earliest",
            "share.isolation.level",
            "read_committed",
            "share.record.lock.duration.ms",
            Long.toString(lock.toMillis()),
            "share.delivery.count.limit",
            Integer.toString(MOST_DELIVERIES));
    var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    List<AlterConfigOp> changes =
        settings.entrySet().stream()
            .map(setting -> new ConfigEntry(setting.getKey(), setting.getValue()))
            .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
            .toList();
    try {
      admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
    } catch (ExecutionException e) {
      throw new KafkaException("cannot set up share group " + group, e.getCause());
    }
  }
}
