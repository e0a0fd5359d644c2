package io.anyserve.cli.load;

import io.anyserve.loadtest.capacity.CapacityPlan;
import io.anyserve.loadtest.capacity.CapacityTable;
import io.anyserve.loadtest.capacity.GpuLoad;
import io.anyserve.loadtest.capacity.RecordSizes;
import io.anyserve.loadtest.capacity.ServiceCosts;
import io.anyserve.loadtest.capacity.SizingRules;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says how many processes a number of GPUs needs. */
@Command(
    mixinStandardHelpOptions = true,
    name = "capacity",
    description =
        "Plan ingresses, brokers, partitions, storage and network for a number of GPUs, by measured"
            + " costs (docs/scaling.md).",
    sortOptions = false)
public final class CapacityCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--gpus",
      split = ",",
      defaultValue = "1,100,10000",
      description = "Numbers of GPUs, a column for each (default: ${DEFAULT-VALUE}).")
  List<Integer> gpus = new ArrayList<>();

  @Option(
      names = "--gpus-of-worker",
      defaultValue = "1",
      description = "GPUs that one worker process serves (default: ${DEFAULT-VALUE}).")
  int gpusOfWorker;

  @Option(
      names = "--slots",
      defaultValue = "64",
      description = "Slots of each GPU (default: ${DEFAULT-VALUE}).")
  int slots;

  @Option(
      names = "--usage",
      paramLabel = "SHARE",
      defaultValue = "0.8",
      description = "Share of the slots that are in use (default: ${DEFAULT-VALUE}).")
  double usage;

  @Option(
      names = "--step-ms",
      defaultValue = "12",
      description =
          "Milliseconds of an engine's step, without what its sequences add (default:"
              + " ${DEFAULT-VALUE}).")
  double step;

  @Option(
      names = "--sequence-ms",
      defaultValue = "0.3",
      description = "Milliseconds that each sequence adds to a step (default: ${DEFAULT-VALUE}).")
  double sequence;

  @Option(
      names = "--prompt-bytes",
      defaultValue = "1000",
      description = "Length of a prompt (default: ${DEFAULT-VALUE}).")
  double promptBytes;

  @Option(
      names = "--answer-tokens",
      defaultValue = "300",
      description = "Tokens of an answer, each of which is a chunk (default: ${DEFAULT-VALUE}).")
  double answerTokens;

  @Option(
      names = "--cancelled",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = "Share of requests whose callers leave (default: ${DEFAULT-VALUE}).")
  double cancelled;

  @Option(
      names = "--cores",
      defaultValue = "8",
      description =
          "Processors of each ingress, router, metering instance and broker (default:"
              + " ${DEFAULT-VALUE}).")
  int cores;

  @Option(
      names = "--usable",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description = "Share of their time that is planned for (default: ${DEFAULT-VALUE}).")
  double usable;

  @Option(
      names = "--replication",
      defaultValue = "3",
      description = "Copies of every record (default: ${DEFAULT-VALUE}).")
  int replication;

  @Override
  public Integer call() {
    try {
      SizingRules usual = SizingRules.USUAL;
      SizingRules rules =
          new SizingRules(cores, usable, replication, usual.networkBytes(), usual.limits());
      List<CapacityPlan> plans =
          gpus.stream()
              .map(
                  count ->
                      CapacityPlan.of(
                          load(count), rules, ServiceCosts.MEASURED, RecordSizes.MEASURED))
              .toList();
      spec.commandLine().getOut().print(CapacityTable.of(plans));
      spec.commandLine().getOut().flush();
      return 0;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private GpuLoad load(int count) {
    return new GpuLoad(
        count,
        gpusOfWorker,
        slots,
        usage,
        new GpuLoad.Engine(step, sequence),
        new GpuLoad.Request(promptBytes, answerTokens, cancelled));
  }
}
