package io.anyserve.cli.request;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the results that are kept, a JSON object a line. */
@Command(
    mixinStandardHelpOptions = true,
    name = "results",
    description = "Print the results of submitted requests.",
    sortOptions = false)
public final class ResultsCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(names = "--session", description = "Only results of this session.")
  @Nullable String session;

  @Option(names = "--request", description = "Only the result of this request.")
  @Nullable String request;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (ResultsReader results = new ResultsReader(kafka)) {
      results.fromBeginning();
      Map<TopicPartition, Long> ends = results.ends();
      while (results.behind(ends)) {
        results.poll().stream().filter(this::wanted).map(UsageCodec::toJson).forEach(out::println);
      }
    }
    out.flush();
    return 0;
  }

  private boolean wanted(RequestResult result) {
    return (session == null || session.equals(result.context().session().value()))
        && (request == null || request.equals(result.request().toString()));
  }
}
