package io.anyserve.cli.bench;

import io.anyserve.worker.torch.QualityBench;
import io.anyserve.worker.torch.precision.Precision;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what precisions do to a model. */
@Command(
    mixinStandardHelpOptions = true,
    name = "quality",
    description = "Compare a model's precisions with f32 on a text: perplexity, divergence, top-1.",
    sortOptions = false)
final class BenchQualityCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      required = true,
      description = "A GGUF file or a Hugging Face folder.")
  Path model = Path.of("");

  @Option(
      names = "--text",
      paramLabel = "FILE",
      required = true,
      description = "A text that the model was not trained on.")
  Path text = Path.of("");

  @Option(
      names = "--tokens",
      defaultValue = "2048",
      description = "Most tokens of the text (default: ${DEFAULT-VALUE}).")
  int tokens;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      split = ",",
      description = "Only these precisions, and f32 (default: all).")
  @Nullable List<String> precisions;

  @Option(names = "--threads", description = "OpenMP threads (default: all processors).")
  @Nullable Integer threads;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the result to this file, as JSON.")
  @Nullable Path json;

  @Override
  public Integer call() throws IOException {
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<QualityBench.Result> results = QualityBench.run(model, chosen(), text, tokens, used, out);
    BenchCommand.write(results, json);
    return 0;
  }

  private List<Precision> chosen() {
    return precisions == null
        ? Arrays.asList(Precision.values())
        : precisions.stream().map(this::precision).toList();
  }

  private Precision precision(String name) {
    return Precision.named(name)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "--precision: %s (expected: one of %s)"
                        .formatted(
                            name,
                            Arrays.stream(Precision.values()).map(Precision::text).toList())));
  }
}
