package io.anyserve.cli.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Values of a scenario that a call gives itself. */
final class ScenarioOverrides {

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description = "Address of an ingress; may be repeated. Over HTTP that of its HTTP port.")
  List<String> servers = new ArrayList<>();

  @Option(
      names = "--target",
      paramLabel = "KIND",
      description = "grpc, http-completions, http-chat or kafka.")
  @Nullable String target;

  @Option(
      names = "--capability",
      description = "Capability of callers that name none in the scenario.")
  @Nullable String capability;

  @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "Kafka's bootstrap servers.")
  @Nullable String kafka;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      defaultValue = "${env:ANYSERVE_TLS_CA}",
      description = "PEM file with the authority of the ingresses; without it no TLS.")
  @Nullable Path authority;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      defaultValue = "${env:ANYSERVE_TLS_CERTIFICATE}",
      description = "PEM file with the client's certificate, where one is asked for.")
  @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      defaultValue = "${env:ANYSERVE_TLS_KEY}",
      description = "PEM file with the key of --tls-certificate (PKCS#8, no password).")
  @Nullable Path certificateKey;

  @Option(names = "--rate", description = "Callers a second; with --find-rate the first one.")
  @Nullable Double rate;

  @Option(names = "--callers", description = "Callers at a time of a closed loop.")
  @Nullable Integer callers;

  @Option(names = "--speed", description = "How many times as fast a trace is replayed.")
  @Nullable Double speed;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "Measured load, such as 30s or 5m.")
  @Nullable String duration;

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      description = "Load before it that is not measured.")
  @Nullable String warmUp;

  @Option(names = "--seed", description = "Seed of everything that is drawn.")
  @Nullable Integer seed;

  @Option(
      names = "--metrics",
      paramLabel = "URL",
      description = "Metrics of a process, such as http://127.0.0.1:7401/metrics; may be repeated.")
  List<String> metrics = new ArrayList<>();

  @Option(
      names = "--objective",
      paramLabel = "TEXT",
      description = "What the service promises, such as ttft.p99=200ms,errors=0.1%%.")
  @Nullable String objective;

  @Option(
      names = "--set",
      paramLabel = "TABLE.KEY=VALUE",
      description = "Any other value of the scenario; may be repeated.")
  Map<String, String> others = new LinkedHashMap<>();

  /** By {@code TABLE.KEY}. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>(others);
    put(values, "target.addresses", servers.isEmpty() ? null : String.join(",", servers));
    put(values, "target.kind", target);
    put(values, "load.capability", capability);
    put(values, "target.kafka", kafka);
    put(values, "target.tls-ca", authority);
    put(values, "target.tls-certificate", certificate);
    put(values, "target.tls-key", certificateKey);
    put(values, "load.rate", rate);
    put(values, "load.callers", callers);
    put(values, "load.speed", speed);
    put(values, "scenario.duration", duration);
    put(values, "scenario.warm-up", warmUp);
    put(values, "scenario.seed", seed);
    put(values, "observe.metrics", metrics.isEmpty() ? null : String.join(",", metrics));
    put(values, "checks.objective", objective);
    return values;
  }

  private static void put(Map<String, String> values, String key, @Nullable Object value) {
    if (value != null) {
      values.put(key, value.toString());
    }
  }
}
