package io.anyserve.loadtest.scenario;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where requests go.
 *
 * @param addresses of ingresses, host and port, taken in turn; over HTTP those of the HTTP port
 * @param connections of gRPC to each of them
 * @param tls empty to speak without it
 * @param kafka settings of Kafka's clients
 */
public record TargetSettings(
    TargetKind kind,
    List<String> addresses,
    int connections,
    Optional<Tls> tls,
    Map<String, String> kafka,
    String topicPrefix) {

  public TargetSettings {
    addresses = List.copyOf(addresses);
    kafka = Map.copyOf(kafka);
  }

  /**
   * PEM files.
   *
   * @param authority who signs the servers' certificates
   * @param identity for servers that ask for a certificate
   */
  public record Tls(Path authority, Optional<Identity> identity) {}

  /** A certificate of the client and its key (PKCS#8). */
  public record Identity(Path certificate, Path key) {}
}
