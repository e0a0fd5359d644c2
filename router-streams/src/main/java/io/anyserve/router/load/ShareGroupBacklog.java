package io.anyserve.router.load;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.topic.TopicNames;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many records of the request topics the workers' share groups have not accepted yet: the lag
 * of KIP-1226. One thread refreshes it, any thread reads.
 */
public final class ShareGroupBacklog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ShareGroupBacklog.class);

  private final TopicNames topics;
  private final Supplier<Admin> open;
  private final Map<String, Long> lags = new ConcurrentHashMap<>();
  private @Nullable Admin admin;

  /**
   * Asks nothing yet.
   *
   * @param open opens a client of the broker
   */
  public ShareGroupBacklog(TopicNames topics, Supplier<Admin> open) {
    this.topics = topics;
    this.open = open;
  }

  /** NaN where it is not known, such as before the first worker of a capability. */
  double of(Capability capability, Priority priority) {
    @Nullable Long lag = lags.get(topics.requests(capability, priority));
    return lag == null ? Double.NaN : lag;
  }

  /** Asks the broker. */
  void refresh(Collection<Capability> capabilities) {
    Admin by = admin == null ? open.get() : admin;
    admin = by;
    Map<String, ListShareGroupOffsetsSpec> groups =
        capabilities.stream()
            .flatMap(this::groups)
            .collect(Collectors.toMap(Function.identity(), _ -> new ListShareGroupOffsetsSpec()));
    var answer = by.listShareGroupOffsets(groups);
    for (String group : groups.keySet()) {
      try {
        note(answer.partitionsToOffsetInfo(group).get());
      } catch (ExecutionException e) {
        log.debug("The backlog of {} is not known now: {}", group, e.toString());
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
  }

  private Stream<String> groups(Capability capability) {
    return Arrays.stream(Priority.values())
        .map(priority -> topics.workerGroup(capability, priority));
  }

  private void note(Map<TopicPartition, SharePartitionOffsetInfo> partitions) {
    lags.putAll(
        partitions.entrySet().stream()
            .filter(entry -> lag(entry.getValue()).isPresent())
            .collect(
                Collectors.groupingBy(
                    entry -> entry.getKey().topic(),
                    Collectors.summingLong(entry -> lag(entry.getValue()).orElseThrow()))));
  }

  /** Empty before anything of the partition was fetched. */
  private static Optional<Long> lag(@Nullable SharePartitionOffsetInfo partition) {
    return Optional.ofNullable(partition).flatMap(SharePartitionOffsetInfo::lag);
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
    }
  }
}
