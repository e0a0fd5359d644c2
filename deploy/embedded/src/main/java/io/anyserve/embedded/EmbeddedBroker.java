package io.anyserve.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka broker and controller inside this process, reachable from this machine only, alone or
 * in a cluster of such processes. Its data directory survives restarts and crashes. Thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

  private static final String NAME = "broker";
  private static final int ATTEMPTS = 5;

  private final CombinedServer server;
  private final String host;
  private final int port;
  private final DirectoryLock lock;

  private EmbeddedBroker(CombinedServer server, BrokerConfig settings, DirectoryLock lock) {
    this.server = server;
    this.host = settings.node().host();
    this.port = settings.port();
    this.lock = lock;
  }

  /**
   * Starts a broker and returns when it serves clients.
   *
   * @param directory of the data; created when missing
   * @param port 0 for any free one below 32768. A fixed one should stay below 32768 too: above,
   *     outgoing connections may hold it
   * @throws BindException naming the port when it is in use
   * @throws IOException when the directory is unusable or in use, or the broker does not come up
   */
  public static EmbeddedBroker start(Path directory, int port) throws IOException {
    return start(directory, port, port);
  }

  /**
   * As {@link #start(Path, int)}, behind a proxy.
   *
   * @param advertisedPort of the proxy, where clients are told to connect; with a port of 0 it is
   *     the port that is drawn
   */
  public static EmbeddedBroker start(Path directory, int port, int advertisedPort)
      throws IOException {
    LoopbackPorts.requirePort("port", port);
    LoopbackPorts.requirePort("advertised port", advertisedPort);
    Path data = created(directory);
    DirectoryLock lock = DirectoryLock.take(data);
    try {
      return port == 0 ? startAnywhere(data, lock) : startAt(data, port, advertisedPort, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Starts one broker of a cluster and returns when it serves clients, for which most of the others
   * have to be started too.
   *
   * @param port for clients, on the host of its controller; below 32768
   */
  public static EmbeddedBroker start(Path directory, int port, ClusterNode node)
      throws IOException {
    LoopbackPorts.requirePort("port", port);
    Path data = created(directory);
    DirectoryLock lock = DirectoryLock.take(data);
    try {
      return start(new BrokerConfig(data, port, port, node), lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static Path created(Path directory) throws IOException {
    return Files.createDirectories(directory.toAbsolutePath().normalize());
  }

  /** The {@code bootstrap.servers} of clients. */
  public String bootstrapServers() {
    return host + ":" + port;
  }

  public int port() {
    return port;
  }

  /** Returns when all data is on disk and no thread of the broker is left. Idempotent. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
    lock.close();
  }

  private static EmbeddedBroker startAnywhere(Path directory, DirectoryLock lock)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = LoopbackPorts.free();
      try {
        return startAt(directory, port, port, lock);
      } catch (BindException taken) {
        if (attempt == ATTEMPTS) {
          throw taken;
        }
        LOG.debug("drawing another port", taken);
      }
    }
  }

  private static EmbeddedBroker startAt(
      Path directory, int port, int advertisedPort, DirectoryLock lock) throws IOException {
    // Asked beforehand: a controller that cannot bind ends the process.
    LoopbackPorts.requireFree(NAME, port);
    ClusterNode node = ClusterNode.alone(controllerPort(port));
    return start(new BrokerConfig(directory, port, advertisedPort, node), lock);
  }

  private static EmbeddedBroker start(BrokerConfig settings, DirectoryLock lock)
      throws IOException {
    format(settings);
    CombinedServer server = CombinedServer.of(settings);
    try {
      server.startup();
    } catch (RuntimeException e) {
      stop(server, e);
      throw failed(settings, e);
    }
    return new EmbeddedBroker(server, settings, lock);
  }

  private static int controllerPort(int port) throws BindException {
    int chosen = LoopbackPorts.free();
    return chosen == port ? controllerPort(port) : chosen;
  }

  /** The threads of a half-started broker would keep the process alive. */
  private static void stop(CombinedServer server, RuntimeException cause) {
    try {
      server.shutdown();
      server.awaitShutdown();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private static IOException failed(BrokerConfig settings, RuntimeException cause) {
    try {
      if (settings.node().isAlone()) {
        LoopbackPorts.requireFree(NAME, settings.port());
      }
    } catch (BindException lost) {
      lost.addSuppressed(cause);
      return lost;
    }
    return new IOException(
        "broker in " + settings.directory() + " did not start: " + cause.getMessage(), cause);
  }

  /** The file is written last, so an interrupted format is simply done again. */
  private static void format(BrokerConfig settings) throws IOException {
    Path directory = settings.directory();
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    try (var silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(silent)
          .setNodeId(settings.node().id())
          .setClusterId(settings.node().clusterId().toString())
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .setControllerListenerName(BrokerConfig.CONTROLLER_LISTENER)
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .setHasDynamicQuorum(false)
          .run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("broker directory " + directory + " cannot be formatted: " + e, e);
    }
  }
}
