package io.anyserve.chaos.cluster;

import io.anyserve.chaos.client.IngressAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Writes the settings of each process of a site. */
record ClusterFiles(
    Path folder, String bootstrapServers, int storePort, ClusterSize size, String secret) {

  static final String ACCESS_KEY = "chaos";
  static final int REQUEST_PARTITIONS = 1;

  /** A secret of this site alone. */
  static String secret(long seed) {
    byte[] bytes = new byte[24];
    new SplittableRandom(seed).nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** One for each ingress and one to spare. */
  int tokenPartitions() {
    return size.ingresses() + 1;
  }

  private String common() {
    return """
    [kafka]
    bootstrap.servers = "%s"

    [topics]
    token-partitions = %d
    request-partitions = %d
    replication = %d

    [objects]
    endpoint = "http://127.0.0.1:%d"
    access-key = "%s"
    secret-key = "%s"

    """
        .formatted(
            bootstrapServers,
            tokenPartitions(),
            REQUEST_PARTITIONS,
            size.brokers(),
            storePort,
            ACCESS_KEY,
            secret);
  }

  /** The router is asked about requests that another ingress has. */
  Path ingress(String name, IngressAddress address, int httpPort, int routerPort)
      throws IOException {
    return write(
        name,
        """
        [ingress]
        port = %d
        http-port = %d
        api-http-port = %d
        instance = "%s"
        resume-key = "%s"
        router = "127.0.0.1:%d"
        """
            .formatted(address.grpc(), httpPort, address.http(), name, secret, routerPort));
  }

  Path router(String name, int httpPort) throws IOException {
    return write(
        name,
        """
        [router]
        instance = "%s"
        state-directory = '%s'
        http-port = %d
        """
            .formatted(name, folder.resolve(name), httpPort));
  }

  Path metering(String name, int port, int httpPort) throws IOException {
    return write(
        name,
        """
        [metering]
        state-directory = '%s'
        port = %d
        http-port = %d
        usage-http-port = 0
        """
            .formatted(folder.resolve(name), port, httpPort));
  }

  Path worker(String name, int httpPort, String routers, EngineChoice engine) throws IOException {
    return write(
        name,
        """
        [worker]
        id = "%s"
        http-port = %d
        routers = "%s"

        """
                .formatted(name, httpPort, routers)
            + engine.toml());
  }

  private Path write(String name, String settings) throws IOException {
    return Files.writeString(folder.resolve(name + ".toml"), common() + settings);
  }
}
