package io.anyserve.cli.worker;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.cli.options.ServerOptions;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.v1.CapabilityServiceGrpc;
import io.anyserve.v1.ListWorkersRequest;
import io.anyserve.v1.OfferedCapability;
import io.anyserve.v1.WorkerStatus;
import io.grpc.ManagedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells a live worker what to do, through the topic {@code control}. */
@Command(
    mixinStandardHelpOptions = true,
    name = "worker",
    description = "Drain a worker, or load or unload one of its capabilities.",
    synopsisSubcommandLabel = "COMMAND")
public final class WorkerCommand {

  @Spec CommandSpec spec = CommandSpec.create();

  @Command(
      mixinStandardHelpOptions = true,
      description = "Stop a worker from acquiring requests; its running requests continue.")
  int drain(
      @Parameters(paramLabel = "WORKER") String worker,
      @Mixin ServerOptions server,
      @Mixin KafkaOptions kafka)
      throws InterruptedException, ExecutionException {
    WorkerId id = id(announced(worker, server));
    send(kafka, id, new ControlCommand.Drain(id));
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Load the model of a capability before the first request for it.")
  int load(
      @Parameters(paramLabel = "WORKER") String worker,
      @Parameters(paramLabel = "CAPABILITY") String capability,
      @Mixin ServerOptions server,
      @Mixin KafkaOptions kafka)
      throws InterruptedException, ExecutionException {
    return send(kafka, announced(worker, server), capability, ControlCommand.Load::new);
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Unload the model of a capability once it is idle; the next request loads it.")
  int unload(
      @Parameters(paramLabel = "WORKER") String worker,
      @Parameters(paramLabel = "CAPABILITY") String capability,
      @Mixin ServerOptions server,
      @Mixin KafkaOptions kafka)
      throws InterruptedException, ExecutionException {
    return send(kafka, announced(worker, server), capability, ControlCommand.Unload::new);
  }

  private int send(
      KafkaOptions kafka,
      WorkerStatus status,
      String capability,
      BiFunction<WorkerId, Capability, ControlCommand> command)
      throws InterruptedException, ExecutionException {
    WorkerId id = id(status);
    send(kafka, id, command.apply(id, offered(status, capability)));
    return 0;
  }

  private WorkerStatus announced(String worker, ServerOptions server) {
    ManagedChannel channel = server.open();
    try {
      List<WorkerStatus> live =
          CapabilityServiceGrpc.newBlockingStub(channel)
              .listWorkers(ListWorkersRequest.getDefaultInstance())
              .getWorkersList();
      return live.stream()
          .filter(status -> status.getId().equals(worker))
          .findFirst()
          .orElseThrow(
              () ->
                  mistake(
                      "worker", worker, live.stream().map(WorkerStatus::getId).sorted().toList()));
    } finally {
      channel.shutdownNow();
    }
  }

  private Capability offered(WorkerStatus worker, String capability) {
    List<String> offered =
        worker.getCapabilitiesList().stream().map(OfferedCapability::getName).toList();
    if (!offered.contains(capability)) {
      throw mistake("capability", capability, offered);
    }
    return new Capability(capability);
  }

  private ParameterException mistake(String kind, String given, List<String> expected) {
    String names = expected.isEmpty() ? "a live one; there is none" : String.join(", ", expected);
    return new ParameterException(
        spec.commandLine(), kind + ": " + given + " (expected: " + names + ")");
  }

  private static WorkerId id(WorkerStatus worker) {
    return new WorkerId(worker.getId());
  }

  private static void send(KafkaOptions kafka, WorkerId worker, ControlCommand command)
      throws InterruptedException, ExecutionException {
    try (var producer = kafka.settings().newProducer("anyserve-worker-command", Map.of())) {
      byte[] key = worker.value().getBytes(StandardCharsets.UTF_8);
      producer
          .send(new ProducerRecord<>(kafka.topics().control(), key, WorkerCodec.encode(command)))
          .get();
    }
  }
}
