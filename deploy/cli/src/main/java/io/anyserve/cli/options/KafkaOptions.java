package io.anyserve.cli.options;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the log is and how its topics are called. */
public final class KafkaOptions {

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:ANYSERVE_KAFKA_BOOTSTRAP_SERVERS:-127.0.0.1:7402}",
      description = "Kafka's bootstrap servers (default: ${DEFAULT-VALUE}).")
  String bootstrapServers = "";

  @Option(
      names = "--kafka-property",
      paramLabel = "KEY=VALUE",
      description = "Another setting of Kafka's clients; may be repeated.")
  Map<String, String> properties = new HashMap<>();

  @Option(
      names = "--topic-prefix",
      defaultValue = TopicNames.DEFAULT_PREFIX,
      description = "Prefix of all topic names (default: ${DEFAULT-VALUE}).")
  String prefix = "";

  public KafkaClients settings() {
    Map<String, String> all = new HashMap<>(properties);
    all.put("bootstrap.servers", bootstrapServers);
    return new KafkaClients(all);
  }

  public TopicNames topics() {
    return new TopicNames(prefix);
  }
}
