package io.anyserve.cli.topics;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.topic.AccessRights;
import io.anyserve.contracts.topic.AccessRights.Right;
import io.anyserve.contracts.topic.AccessRights.Role;
import io.anyserve.runtime.kafka.AclAdmin;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.ResourcePattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what each service needs of Kafka's authoriser, and sets it up. */
@Command(
    mixinStandardHelpOptions = true,
    name = "acls",
    description = "Print the rights that each service needs, or give them to it.",
    sortOptions = false)
final class AclsCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(
      names = "--principal",
      paramLabel = "ROLE=PRINCIPAL",
      description = "Who a role logs in as (default: User:anyserve-ROLE); may be repeated.")
  Map<Role, String> principals = new EnumMap<>(Role.class);

  @Option(
      names = "--role",
      description = "Only this role: ${COMPLETION-CANDIDATES}; may be repeated.")
  List<Role> roles = List.of(Role.values());

  @Option(names = "--create", description = "Give the rights that are missing; take none away.")
  boolean create;

  @Override
  public Integer call() throws InterruptedException {
    List<AclBinding> wanted = roles.stream().flatMap(this::bindings).toList();
    if (create) {
      try (var admin = kafka.settings().newAdmin("anyserve-acls")) {
        print(new AclAdmin(admin).create(wanted), " created");
      }
    } else {
      print(wanted, "");
    }
    return 0;
  }

  private Stream<AclBinding> bindings(Role role) {
    String principal =
        principals.getOrDefault(role, "User:anyserve-" + role.name().toLowerCase(Locale.ROOT));
    return new AccessRights(kafka.topics())
        .of(role).stream().map((Right right) -> right.binding(principal));
  }

  private void print(List<AclBinding> rights, String what) {
    PrintWriter out = spec.commandLine().getOut();
    for (AclBinding right : rights) {
      ResourcePattern resource = right.pattern();
      out.printf(
          "%s %s %s %s %s%s%n",
          right.entry().principal(),
          right.entry().operation(),
          resource.resourceType(),
          resource.patternType(),
          resource.name(),
          what);
    }
    out.flush();
  }
}
