package io.anyserve.cli.topics;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.topic.AsyncApi;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.contracts.topic.TopicSpec;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Creates the topics of the catalogue, or says where the existing ones differ from it. */
@Command(
    mixinStandardHelpOptions = true,
    name = "topics",
    description = "Create, verify or describe the topics, and the rights that services need.",
    subcommands = AclsCommand.class,
    sortOptions = false)
public final class TopicsCommand {

  private static final int DIFFERENT = 1;

  @Spec CommandSpec spec = CommandSpec.create();

  @Command(
      mixinStandardHelpOptions = true,
      description = "Create missing topics; leave existing ones unchanged.")
  int create(
      @Mixin KafkaOptions kafka,
      @Mixin TopicOptions options,
      @Option(names = "--dry-run", description = "Print what would be created, and create nothing.")
          boolean dryRun)
      throws InterruptedException {
    List<TopicSpec> specs = options.specs(kafka);
    try (var admin = kafka.settings().newAdmin("anyserve-topics")) {
      TopicAdmin topics = new TopicAdmin(admin, options.replication);
      if (dryRun) {
        topics.differences(specs).forEach((topic, found) -> print(topic, found));
      } else {
        topics.create(specs).forEach(topic -> print(topic, List.of("created")));
      }
    }
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Print the AsyncAPI 3 document of the topics.")
  int asyncapi() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        AsyncApi.document(
            new TopicCatalogue(TopicNames.withDefaultPrefix(), TopicPartitioning.STANDALONE)));
    out.flush();
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Print differences of existing topics; the exit code is 1 when there are any.")
  int verify(
      @Mixin KafkaOptions kafka,
      @Mixin TopicOptions options,
      @Option(names = "--dry-run", description = "Accepted for symmetry; verify changes nothing.")
          boolean dryRun)
      throws InterruptedException {
    List<TopicSpec> specs = options.specs(kafka);
    try (var admin = kafka.settings().newAdmin("anyserve-topics")) {
      Map<String, List<String>> differences =
          new TopicAdmin(admin, options.replication).differences(specs);
      differences.forEach(this::print);
      PrintWriter out = spec.commandLine().getOut();
      out.printf("%d topics checked, %d differ%n", specs.size(), differences.size());
      out.flush();
      return differences.isEmpty() ? 0 : DIFFERENT;
    }
  }

  private void print(String topic, List<String> found) {
    spec.commandLine().getOut().printf("%s: %s%n", topic, String.join("; ", found));
    spec.commandLine().getOut().flush();
  }

  /** How large the topics are cut and for which capabilities. */
  static final class TopicOptions {

    @Option(
        names = "--token-partitions",
        defaultValue = "2",
        description = "Partitions of the reply topic (default: ${DEFAULT-VALUE}).")
    int tokens;

    @Option(
        names = "--request-partitions",
        defaultValue = "1",
        description = "Partitions of each request topic (default: ${DEFAULT-VALUE}).")
    int requests;

    @Option(
        names = "--usage-partitions",
        defaultValue = "1",
        description = "Partitions of the ledger and of conversations (default: ${DEFAULT-VALUE}).")
    int usage;

    @Option(
        names = "--quota-partitions",
        defaultValue = "1",
        description = "Partitions of the quotas; never change it (default: ${DEFAULT-VALUE}).")
    int quotas;

    @Option(
        names = "--replication",
        defaultValue = "1",
        description = "Replicas of every partition (default: ${DEFAULT-VALUE}).")
    int replication;

    @Option(
        names = "--capability",
        description = "Include the topics of this capability; may be repeated.")
    List<String> capabilities = new ArrayList<>();

    List<TopicSpec> specs(KafkaOptions kafka) {
      TopicCatalogue catalogue =
          new TopicCatalogue(
              kafka.topics(), new TopicPartitioning(tokens, requests, usage, quotas, replication));
      List<TopicSpec> specs = new ArrayList<>(catalogue.fixed());
      capabilities.forEach(name -> specs.addAll(catalogue.of(new Capability(name))));
      return specs;
    }
  }
}
