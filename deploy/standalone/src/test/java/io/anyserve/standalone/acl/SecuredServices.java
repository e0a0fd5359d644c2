package io.anyserve.standalone.acl;

import io.anyserve.contracts.topic.AccessRights;
import io.anyserve.contracts.topic.AccessRights.Right;
import io.anyserve.contracts.topic.AccessRights.Role;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.kafka.AclAdmin;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.SingleService.Service;
import io.anyserve.standalone.UnusedPorts;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;

/** Services of their own on a secured broker; each logs in as its role. */
final class SecuredServices implements AutoCloseable {

  private static final AccessRights RIGHTS = new AccessRights(RunningServices.TOPICS);

  private final Path folder;
  private final SecuredBroker broker;
  private final int port;

  private SecuredServices(Path folder, SecuredBroker broker) throws Exception {
    this.folder = folder;
    this.broker = broker;
    this.port = UnusedPorts.row(5);
  }

  void give(List<AclBinding> rights) throws InterruptedException {
    try (Admin admin = broker.clients(SecuredBroker.ADMIN).newAdmin("admin")) {
      new AclAdmin(admin).create(rights);
    }
  }

  /** A broker on which all roles have those of their rights that are wanted, and the topics. */
  static SecuredServices start(Path folder, Predicate<AclBinding> wanted) throws Exception {
    List<String> users = Arrays.stream(Role.values()).map(SecuredServices::user).toList();
    var services =
        new SecuredServices(folder, SecuredBroker.start(folder.resolve("broker"), users));
    services.give(
        Arrays.stream(Role.values())
            .flatMap(role -> bindings(role).stream())
            .filter(wanted)
            .toList());
    try (Admin admin = services.kafka(Role.OPERATOR).newAdmin("operator")) {
      new TopicAdmin(admin, 1)
          .create(new TopicCatalogue(RunningServices.TOPICS, TopicPartitioning.STANDALONE).fixed());
    }
    return services;
  }

  static List<AclBinding> bindings(Role role) {
    return RIGHTS.of(role).stream().map((Right right) -> right.binding(principal(role))).toList();
  }

  static String principal(Role role) {
    return "User:" + user(role);
  }

  private static String user(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  KafkaClients kafka(Role role) {
    return broker.clients(user(role));
  }

  int grpcPort() {
    return port;
  }

  int httpPort() {
    return port + 1;
  }

  /** Started, and perhaps not ready yet. */
  SingleService start(Service service) throws Exception {
    String user = service.name().toLowerCase(Locale.ROOT);
    var started =
        new SingleService(service, Config.parse(broker.settings(user) + settings(), Map.of()));
    started.start();
    return started;
  }

  private String settings() {
    return """
        [ingress]
        port = %1$d
        http-port = 0
        api-http-port = %2$d
        router = "127.0.0.1:%3$d"
        [worker]
        id = "worker"
        http-port = 0
        routers = "127.0.0.1:%3$d"
        [[worker.capability]]
        name = "words"
        engine = "simulated"
        slots = 8
        [router]
        port = %3$d
        http-port = 0
        state-directory = "%6$s/router"
        [metering]
        port = %4$d
        usage-http-port = %5$d
        http-port = 0
        state-directory = "%6$s/metering"
        """
        .formatted(port, port + 1, port + 2, port + 3, port + 4, folder);
  }

  @Override
  public void close() {
    broker.close();
  }
}
