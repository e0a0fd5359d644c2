package io.anyserve.cli.topics;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.CapabilityRoute;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the routing table. */
@Command(
    mixinStandardHelpOptions = true,
    name = "route",
    description = "Set aliases and fallbacks of capabilities.",
    sortOptions = false)
public final class RouteCommand {

  @Command(mixinStandardHelpOptions = true, description = "Set the route of a capability.")
  int set(
      @Parameters(paramLabel = "CAPABILITY") String capability,
      @Option(names = "--alias-of", description = "Capability for which it is another name.")
          @Nullable String aliasOf,
      @Option(
              names = "--fallback",
              split = ",",
              description = "Capabilities that answer when no worker offers it, in order.")
          @Nullable List<String> fallbacks,
      @Mixin KafkaOptions kafka)
      throws InterruptedException, ExecutionException {
    CapabilityRoute route =
        new CapabilityRoute(
            new Capability(capability),
            Optional.ofNullable(aliasOf).map(Capability::new),
            Optional.ofNullable(fallbacks).orElse(new ArrayList<>()).stream()
                .map(Capability::new)
                .toList());
    write(kafka, capability, WorkerCodec.encode(route));
    return 0;
  }

  @Command(mixinStandardHelpOptions = true, description = "Remove the route of a capability.")
  int remove(@Parameters(paramLabel = "CAPABILITY") String capability, @Mixin KafkaOptions kafka)
      throws InterruptedException, ExecutionException {
    write(kafka, capability, null);
    return 0;
  }

  private static void write(KafkaOptions kafka, String capability, byte @Nullable [] value)
      throws InterruptedException, ExecutionException {
    try (var producer = kafka.settings().newProducer("anyserve-route", Map.of())) {
      byte[] key = new Capability(capability).value().getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(kafka.topics().capabilities(), key, value)).get();
    }
  }
}
