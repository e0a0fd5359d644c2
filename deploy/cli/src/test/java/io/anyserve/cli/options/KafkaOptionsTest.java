package io.anyserve.cli.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.runtime.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class KafkaOptionsTest {

  @Test
  void variablesGiveSettingsAndOptionsWin() {
    KafkaOptions options = parse("--kafka", "b:1", "--kafka-property", "sasl.mechanism=PLAIN");

    assertEquals(
        Map.of(
            "bootstrap.servers", "b:1", "sasl.mechanism", "PLAIN", "sasl.jaas.config", "module;"),
        options
            .settings(
                Map.of(
                    "ANYSERVE_KAFKA_BOOTSTRAP_SERVERS", "other:1",
                    "ANYSERVE_KAFKA_SASL_MECHANISM", "SCRAM-SHA-512",
                    "ANYSERVE_KAFKA_SASL_JAAS_CONFIG", "module;",
                    "ANYSERVE_INGRESS_PORT", "1"))
            .settings());
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    var refused =
        assertThrows(
            ConfigException.class,
            () ->
                parse().settings(Map.of("ANYSERVE_KAFKA_SASL_JAAS_CONFIG_FILE", "/no/such/file")));

    assertEquals(
        "kafka.sasl.jaas.config: ANYSERVE_KAFKA_SASL_JAAS_CONFIG_FILE=/no/such/file"
            + " (expected: a text file that can be read)",
        refused.problems().getFirst());
  }

  private static KafkaOptions parse(String... arguments) {
    KafkaOptions options = new KafkaOptions();
    new CommandLine(options).parseArgs(arguments);
    return options;
  }
}
