package io.anyserve.cli.bench;

import io.anyserve.worker.torch.EngineBench;
import io.anyserve.worker.torch.EngineBench.NamedShape;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import io.anyserve.worker.torch.precision.PrecisionSetting;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the torch engine's decoder, and llama.cpp beside it. */
@Command(
    mixinStandardHelpOptions = true,
    name = "engine",
    description = "Benchmark the decoder on the shape of Qwen2.5-0.5B with random weights.",
    sortOptions = false)
final class BenchEngineCommand implements Callable<Integer> {

  private static final String ROW = "%-12s %-8s %10s %10s %10s %10s%n";

  @Spec CommandSpec spec = CommandSpec.create();

  @ArgGroup @Nullable OtherShape shape;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      split = ",",
      description = "Only these precisions; \"auto\" is the machine's choice (default: all).")
  @Nullable List<String> precisions;

  @Option(names = "--threads", description = "OpenMP threads (default: all processors).")
  @Nullable Integer threads;

  @Option(
      names = "--steps",
      defaultValue = "30",
      description = "Steps of each measurement (default: ${DEFAULT-VALUE}).")
  int steps;

  @Option(
      names = "--peers",
      paramLabel = "PYTHON",
      description =
          "Measure llama.cpp, too, with this Python, which has xllamacpp, gguf and numpy (see"
              + " docs/performance.md).")
  @Nullable Path python;

  @Option(
      names = "--quantization",
      paramLabel = "TYPE",
      split = ",",
      defaultValue = "Q8_0,Q4_0",
      description = "Of the peer's weights (default: ${DEFAULT-VALUE}).")
  List<String> quantizations = List.of();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the result to this file, as JSON.")
  @Nullable Path json;

  /** What runs instead of the shape of Qwen2.5-0.5B. */
  static final class OtherShape {

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The config.json of the shape to run instead.")
    @Nullable Path config;

    @Option(
        names = "--model",
        paramLabel = "FILE",
        description = "A GGUF file whose shape to run instead, and the peer its weights.")
    @Nullable Path model;

    NamedShape named() {
      return config != null
          ? NamedShape.of(config)
          : NamedShape.ofModel(Objects.requireNonNull(model));
    }
  }

  /** What was measured. */
  record Report(List<EngineBench.Result> engine, List<LlamaCppPeer.Result> peer) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    String peerModel = peerModel();
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<LlamaCppPeer.Result> peers = peers(peerModel, used);
    List<EngineBench.Result> results =
        EngineBench.run(
            shape == null ? NamedShape.standard() : shape.named(),
            precisions(used),
            used,
            steps,
            out);
    peers.forEach(peer -> compare(results, peer, out));
    BenchCommand.write(new Report(results, peers), json);
    return 0;
  }

  /** Before the engine, so that neither disturbs the other. */
  private List<LlamaCppPeer.Result> peers(String model, int used)
      throws IOException, InterruptedException {
    return python == null
        ? List.of()
        : new LlamaCppPeer(python).run(model, used, steps, quantizations);
  }

  private String peerModel() {
    if (shape == null) {
      return "random";
    }
    if (shape.model == null && python != null) {
      throw new ParameterException(
          spec.commandLine(), "--peers: beside --config (expected: --model, or neither)");
    }
    return String.valueOf(shape.model);
  }

  private List<Precision> precisions(int used) {
    return precisions == null
        ? Arrays.asList(Precision.values())
        : precisions.stream().map(text -> precision(text, used)).toList();
  }

  private Precision precision(String text, int used) {
    try {
      return switch (PrecisionSetting.parse(text)) {
        case PrecisionSetting.Auto _ -> PrecisionChoice.ofThisMachine(used).chosen();
        case PrecisionSetting.Named named -> named.precision();
      };
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--precision: " + e.getMessage(), e);
    }
  }

  /** The peer's figures, and each precision's as a multiple of them. */
  private static void compare(
      List<EngineBench.Result> results, LlamaCppPeer.Result peer, PrintStream out) {
    out.printf(ROW, "LLAMA.CPP", peer.quantization(), "BATCH 1", "BATCH 8", "BATCH 32", "PREFILL");
    out.printf(
        ROW,
        "",
        "",
        figure(peer.batch1()),
        figure(peer.batch8()),
        figure(peer.batch32()),
        figure(peer.prefill()));
    for (EngineBench.Result ours : results) {
      out.printf(
          ROW,
          ours.precision().text(),
          "",
          figure(ours.batch1() / peer.batch1()) + "x",
          figure(ours.batch8() / peer.batch8()) + "x",
          figure(ours.batch32() / peer.batch32()) + "x",
          figure(ours.prefill() / peer.prefill()) + "x");
    }
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
