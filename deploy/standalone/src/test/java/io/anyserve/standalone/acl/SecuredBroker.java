package io.anyserve.standalone.acl;

import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.UnusedPorts;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * Kafka's own server with an authoriser: clients log in by SASL/PLAIN under a name, and with {@link
 * #PASSWORD} and that name as their password. {@link #ADMIN} may do everything, others what the
 * ACLs allow.
 */
final class SecuredBroker implements AutoCloseable {

  static final String ADMIN = "admin";
  static final String PASSWORD = "password-of-";

  private final int port;
  private final KafkaRaftServer server;

  private SecuredBroker(int port, KafkaRaftServer server) {
    this.port = port;
    this.server = server;
  }

  /**
   * Returns when it serves.
   *
   * @param directory empty
   * @param users beside {@link #ADMIN}
   */
  static SecuredBroker start(Path directory, List<String> users) throws Exception {
    int port = UnusedPorts.row(3);
    Map<String, String> settings = settings(directory, port, users);
    try (var silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(silent)
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .setHasDynamicQuorum(false)
          .run();
    }
    var server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    server.startup();
    return new SecuredBroker(port, server);
  }

  private static Map<String, String> settings(Path directory, int port, List<String> users) {
    String host = "127.0.0.1:";
    Map<String, String> all = new HashMap<>();
    all.put("process.roles", "broker,controller");
    all.put("node.id", "1");
    all.put("log.dirs", directory.toString());
    all.put(
        "listeners",
        "CLIENTS://%s%d,INTERNAL://%s%d,CONTROLLER://%s%d"
            .formatted(host, port, host, port + 1, host, port + 2));
    all.put(
        "listener.security.protocol.map",
        "CLIENTS:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT");
    all.put("inter.broker.listener.name", "INTERNAL");
    all.put("controller.listener.names", "CONTROLLER");
    all.put("controller.quorum.voters", "1@" + host + (port + 2));
    all.put("sasl.enabled.mechanisms", "PLAIN");
    all.put("listener.name.clients.plain.sasl.jaas.config", logins(users));
    all.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    // The broker itself, and its controller, are nobody on their own listeners.
    all.put("super.users", "User:ANONYMOUS;User:" + ADMIN);
    all.put("auto.create.topics.enable", "false");
    all.put("group.initial.rebalance.delay.ms", "0");
    for (String topic :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      all.put(topic + ".replication.factor", "1");
      all.put(topic + ".num.partitions", "1");
    }
    all.put("transaction.state.log.min.isr", "1");
    all.put("share.coordinator.state.topic.min.isr", "1");
    return all;
  }

  private static String logins(List<String> users) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required "
        + users.stream()
            .map(SecuredBroker::known)
            .collect(Collectors.joining("", "", known(ADMIN) + ";"));
  }

  private static String known(String user) {
    return "user_%s=\"%s\" ".formatted(user, PASSWORD + user);
  }

  /** The table {@code [kafka]} of a service that logs in as that user. */
  String settings(String user) {
    return """
        [kafka]
        "bootstrap.servers" = "127.0.0.1:%d"
        "security.protocol" = "SASL_PLAINTEXT"
        "sasl.mechanism" = "PLAIN"
        "sasl.jaas.config" = '%s'
        """
        .formatted(port, login(user));
  }

  KafkaClients clients(String user) {
    return new KafkaClients(
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:" + port,
            "security.protocol",
            "SASL_PLAINTEXT",
            "sasl.mechanism",
            "PLAIN",
            "sasl.jaas.config",
            login(user)));
  }

  private static String login(String user) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, PASSWORD + user);
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
