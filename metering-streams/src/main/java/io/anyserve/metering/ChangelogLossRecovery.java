package io.anyserve.metering;

import io.anyserve.metering.aggregate.AggregateStores;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that an internal topic of the aggregates was deleted after they had begun. What is left
 * of them is thrown away then and the ledger is counted from its beginning: parts of aggregates
 * would be worse than none.
 */
record ChangelogLossRecovery(MeteringConfig settings) {

  private static final Logger log = LoggerFactory.getLogger(ChangelogLossRecovery.class);
  private static final int ANSWER_SECONDS = 10;

  /** Whether aggregates begin anew, so that this instance's files must go too. */
  boolean beginAnew(int partitions) throws InterruptedException, IOException {
    try (Admin admin = settings.kafka().newAdmin("metering-accounts")) {
      Set<String> changelogs = changelogs();
      Set<String> existing =
          new HashSet<>(admin.listTopics().names().get(ANSWER_SECONDS, TimeUnit.SECONDS));
      existing.retainAll(changelogs);
      Set<TopicPartition> counted = counted(admin, partitions);
      if (existing.equals(changelogs) || counted.isEmpty()) {
        return false;
      }
      requireAlone(admin);
      log.warn(
          "internal topics of the aggregates are gone, the ledger is counted anew: {}", changelogs);
      admin.deleteTopics(existing).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
      admin
          .deleteConsumerGroupOffsets(settings.applicationId(), counted)
          .all()
          .get(ANSWER_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("internal topics: " + e.getMessage() + " (expected: an answer)", e);
    }
  }

  private Set<String> changelogs() {
    return Stream.of(
            AggregateStores.POSITIONS,
            AggregateStores.SESSIONS,
            AggregateStores.TENANTS,
            AggregateStores.WINDOWS)
        .map(store -> settings.applicationId() + "-" + store + "-changelog")
        .collect(Collectors.toSet());
  }

  private Set<TopicPartition> counted(Admin admin, int partitions)
      throws ExecutionException, InterruptedException, TimeoutException {
    String group = settings.applicationId();
    String usage = settings.topics().usage();
    return admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get(ANSWER_SECONDS, TimeUnit.SECONDS)
        .keySet()
        .stream()
        .filter(at -> at.topic().equals(usage) && at.partition() < partitions)
        .collect(Collectors.toSet());
  }

  /**
   * Others count on with what they have in memory; offsets can be deleted once they have ended, or
   * their sessions have.
   */
  private void requireAlone(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException, IOException {
    String own = MeteringStreamsConfig.instance(settings.stateDirectory());
    long others = members(admin).filter(id -> !id.equals(Optional.of(own))).count();
    if (others > 0) {
      throw new KafkaException(
          "internal topics of the aggregates are gone and "
              + others
              + " other instances count (expected: none until they are made anew)");
    }
  }

  private Stream<Optional<String>> members(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    String group = settings.applicationId();
    try {
      return admin
          .describeConsumerGroups(List.of(group))
          .all()
          .get(ANSWER_SECONDS, TimeUnit.SECONDS)
          .values()
          .stream()
          .flatMap(described -> described.members().stream())
          .map(MemberDescription::groupInstanceId);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return Stream.empty();
      }
      throw e;
    }
  }
}
