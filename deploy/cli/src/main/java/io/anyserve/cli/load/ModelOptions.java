package io.anyserve.cli.load;

import io.anyserve.cli.options.DurationConverter;
import io.anyserve.loadtest.simulation.ClusterModel;
import io.anyserve.loadtest.simulation.StepTimes;
import io.anyserve.loadtest.simulation.WorkerFault;
import io.anyserve.runtime.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What a service is made of that is simulated. */
final class ModelOptions {

  private static final Pattern FAULT = Pattern.compile("(\\d+)@([^+]+)\\+(.+)");

  @Option(
      names = "--workers",
      defaultValue = "1",
      description = "Workers, each with one engine (default: ${DEFAULT-VALUE}).")
  int workers;

  @Option(
      names = "--slots",
      defaultValue = "8",
      description = "Slots of each worker (default: ${DEFAULT-VALUE}).")
  int slots;

  @Option(
      names = "--token-rate",
      defaultValue = "20",
      description =
          "Tokens a second of each sequence, as the simulated engine writes them (default:"
              + " ${DEFAULT-VALUE}).")
  double tokenRate;

  @Option(
      names = "--prefill-ms",
      defaultValue = "0",
      description = "Milliseconds from admission to the first token (default: ${DEFAULT-VALUE}).")
  int prefill;

  @Option(
      names = "--step-ms",
      defaultValue = "0",
      description =
          "Instead of --token-rate, milliseconds of a step that brings a token of each sequence, as"
              + " on a GPU; without what the next two add.")
  double step;

  @Option(
      names = "--sequence-ms",
      defaultValue = "0",
      description = "Milliseconds that each sequence adds to a step (default: ${DEFAULT-VALUE}).")
  double sequence;

  @Option(
      names = "--prompt-ms",
      defaultValue = "0",
      description =
          "Milliseconds that each token of a new prompt adds to a step (default:"
              + " ${DEFAULT-VALUE}).")
  double prompt;

  @Option(
      names = "--coarse",
      paramLabel = "STEPS",
      defaultValue = "1",
      description =
          "Steps of an engine that are simulated as one, to be faster; gaps and times to the first"
              + " token are then coarse, too (default: ${DEFAULT-VALUE}).")
  int coarse;

  @Option(
      names = "--ingresses",
      defaultValue = "1",
      description = "Ingresses (default: ${DEFAULT-VALUE}).")
  int ingresses;

  @Option(
      names = "--routers",
      defaultValue = "1",
      description = "Routers (default: ${DEFAULT-VALUE}).")
  int routers;

  @Option(
      names = "--metering",
      defaultValue = "1",
      description = "Metering instances (default: ${DEFAULT-VALUE}).")
  int metering;

  @Option(
      names = "--brokers",
      defaultValue = "1",
      description = "Brokers (default: ${DEFAULT-VALUE}).")
  int brokers;

  @Option(
      names = "--cores",
      defaultValue = "4",
      description =
          "Processors of each ingress, router, metering instance and broker (default:"
              + " ${DEFAULT-VALUE}).")
  int cores;

  @Option(
      names = "--request-partitions",
      defaultValue = "1",
      description = "Partitions of the topic of the capability (default: ${DEFAULT-VALUE}).")
  int requestPartitions;

  @Option(
      names = "--in-flight",
      defaultValue = "8192",
      description = "Requests that an ingress accepts at once (default: ${DEFAULT-VALUE}).")
  int inFlight;

  @Option(
      names = "--disconnect-grace",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Time that a request goes on when its caller has gone (default: none).")
  Duration grace = Duration.ZERO;

  @Option(
      names = "--kill-worker",
      paramLabel = "NUMBER@AT+AWAY",
      description =
          "Kill a worker at a time from the start of the run, for a time, such as 2@20s+5s; may be"
              + " repeated.")
  List<String> faults = new ArrayList<>();

  /** Throws IllegalArgumentException. */
  ClusterModel model(Duration least) {
    return new ClusterModel(
        new ClusterModel.Workers(workers, slots, steps(), coarse),
        new ClusterModel.Processes(ingresses, routers, metering, brokers, cores, inFlight),
        new ClusterModel.Partitions(requestPartitions),
        ClusterModel.Times.USUAL.withGrace(grace.compareTo(least) > 0 ? grace : least),
        faults.stream().map(ModelOptions::fault).toList());
  }

  /** Whether it is an engine that real processes can run. */
  boolean simulatedEngine() {
    return step == 0 && faults.isEmpty();
  }

  private StepTimes steps() {
    return step > 0
        ? new StepTimes.Batched(step, sequence, prompt)
        : new StepTimes.Paced(tokenRate, prefill);
  }

  private static WorkerFault fault(String text) {
    Matcher parts = FAULT.matcher(text);
    Optional<Duration> at = parts.matches() ? DurationText.parse(parts.group(2)) : Optional.empty();
    Optional<Duration> away =
        parts.matches() ? DurationText.parse(parts.group(3)) : Optional.empty();
    if (at.isEmpty() || away.isEmpty()) {
      throw new IllegalArgumentException(
          "--kill-worker: " + text + " (expected: NUMBER@AT+AWAY, such as 2@20s+5s)");
    }
    return new WorkerFault(Integer.parseInt(parts.group(1)), at.get(), away.get());
  }
}
