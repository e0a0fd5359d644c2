package io.anyserve.cli.options;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.kafka.KafkaClients;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
      description =
          "Another setting of Kafka's clients; may be repeated. Variables ANYSERVE_KAFKA_... give"
              + " settings as they do for services, such as ANYSERVE_KAFKA_SASL_JAAS_CONFIG or"
              + " ANYSERVE_KAFKA_SASL_JAAS_CONFIG_FILE.")
  Map<String, String> properties = new HashMap<>();

  @Option(
      names = "--topic-prefix",
      defaultValue = TopicNames.DEFAULT_PREFIX,
      description = "Prefix of all topic names (default: ${DEFAULT-VALUE}).")
  String prefix = "";

  /** Throws ConfigException where a variable names a file that cannot be read. */
  public KafkaClients settings() {
    return settings(System.getenv());
  }

  KafkaClients settings(Map<String, String> environment) {
    Config variables = Config.parse("", environment);
    Map<String, String> all = variables.section("kafka").passThrough();
    variables.check(Set.of("kafka"));
    all.putAll(properties);
    all.put("bootstrap.servers", bootstrapServers);
    return new KafkaClients(all);
  }

  public TopicNames topics() {
    return new TopicNames(prefix);
  }
}
