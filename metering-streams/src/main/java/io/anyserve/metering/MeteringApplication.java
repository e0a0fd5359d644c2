package io.anyserve.metering;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.streams.StreamsApplication;
import io.anyserve.runtime.streams.StreamsClients;
import io.anyserve.runtime.streams.TopicPreflight;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/** Looks before each start for the topics, the prices and whether aggregates must begin anew. */
final class MeteringApplication implements StreamsApplication {

  private final MeteringDependencies dependencies;
  private volatile int usagePartitions = 1;

  MeteringApplication(MeteringDependencies dependencies) {
    this.dependencies = dependencies;
  }

  /** Partitions that the topic {@code usage} had at the last start. */
  int usagePartitions() {
    return usagePartitions;
  }

  @Override
  public boolean prepare() throws IOException, InterruptedException {
    MeteringConfig settings = dependencies.settings();
    usagePartitions =
        new TopicPreflight(requiredTopics(settings.topics()), System::nanoTime)
            .check(settings.kafka(), "metering-topics")
            .getOrDefault(settings.topics().usage(), 1);
    dependencies.hooks().prices().load();
    return new ChangelogLossRecovery(settings).beginAnew(usagePartitions);
  }

  @Override
  public KafkaStreams newClient() throws IOException {
    return new KafkaStreams(
        MeteringTopology.build(dependencies, usagePartitions),
        new StreamsConfig(MeteringStreamsConfig.of(dependencies.settings())),
        new StreamsClients(KafkaClients.LARGEST_VALUE, MeteringStreamsConfig.GATHERING));
  }

  private Set<String> requiredTopics(TopicNames topics) {
    Set<String> required =
        new HashSet<>(
            Set.of(
                topics.tokens(),
                topics.usage(),
                topics.sessionUsage(),
                topics.tenantUsage(),
                topics.usageWindows(),
                topics.deadLetters()));
    if (dependencies.hooks().settlements().isPresent()) {
      required.add(topics.quotas());
    }
    return required;
  }
}
