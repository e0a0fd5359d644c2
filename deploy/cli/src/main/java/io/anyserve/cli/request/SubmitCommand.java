package io.anyserve.cli.request;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Publishes a file of requests, one JSON object a line, and collects their results. */
@Command(
    mixinStandardHelpOptions = true,
    name = "submit",
    description = "Submit a JSONL file of requests and wait for the results.",
    footer = {
      "",
      "Prints one JSON object for each result, and at the end how many came. Exit code 1 when a"
          + " request was refused or has no result in time, 2 when nothing was published because"
          + " of a line that is no request or has the id of another line."
    },
    sortOptions = false)
public final class SubmitCommand implements Callable<Integer> {

  private static final int MAX_SHOWN = 10;
  private static final int INCOMPLETE = 1;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE.jsonl", description = "File with one request per line.")
  Path file = Path.of("");

  @Option(names = "--out", description = "Write results to this file instead of standard output.")
  @Nullable Path out;

  @Option(names = "--no-wait", description = "Publish, print the ids and do not wait for results.")
  boolean noWait;

  @Option(
      names = "--timeout",
      defaultValue = "600",
      description = "Seconds to wait for results (default: ${DEFAULT-VALUE}).")
  int timeout;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    SecureRandom random = new SecureRandom();
    SubmissionFile submissions =
        SubmissionFile.read(file, () -> RequestId.next(System.currentTimeMillis(), random));
    if (!submissions.problems().isEmpty() || submissions.requests().isEmpty()) {
      refuse(submissions.problems());
    }
    Map<RequestId, ObjectNode> requests = submissions.requests();
    if (noWait) {
      publish(requests);
      requests.keySet().forEach(spec.commandLine().getOut()::println);
      return 0;
    }
    try (ResultsReader results = new ResultsReader(kafka)) {
      results.fromEnd();
      publish(requests);
      return collect(new ResultCollection(requests), requests.size(), results);
    }
  }

  private void refuse(List<String> problems) {
    String shown = String.join("\n", problems.subList(0, Math.min(MAX_SHOWN, problems.size())));
    String more = problems.size() > MAX_SHOWN ? "\nand " + (problems.size() - MAX_SHOWN) : "";
    throw new ParameterException(
        spec.commandLine(),
        problems.isEmpty()
            ? file + ": no requests (expected: a JSON object on each line)"
            : shown + more + "\nNothing was published.");
  }

  private void publish(Map<RequestId, ObjectNode> requests)
      throws InterruptedException, ExecutionException {
    byte[] json = "application/json".getBytes(StandardCharsets.UTF_8);
    try (var producer = kafka.settings().newProducer("anyserve-submit", Map.of("linger.ms", "5"))) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      requests.forEach(
          (id, request) -> {
            byte[] value = request.toString().getBytes(StandardCharsets.UTF_8);
            var record = new ProducerRecord<>(kafka.topics().intake(), id.bytes(), value);
            record.headers().add(new RecordHeader("content-type", json));
            sent.add(producer.send(record));
          });
      for (Future<RecordMetadata> record : sent) {
        record.get();
      }
    }
  }

  private int collect(ResultCollection collection, int size, ResultsReader results)
      throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(timeout).toNanos();
    try (ProgressBar bar = bar(size);
        PrintWriter writer =
            out == null
                ? new PrintWriter(spec.commandLine().getOut(), false)
                : new PrintWriter(Files.newBufferedWriter(out))) {
      while (!collection.complete() && System.nanoTime() < deadline) {
        for (RequestResult result : results.poll()) {
          if (collection.take(result)) {
            writer.println(UsageCodec.toJson(result));
            bar.step();
          }
        }
      }
      writer.flush();
    }
    tell(collection);
    return collection.good() ? 0 : INCOMPLETE;
  }

  private void tell(ResultCollection collection) {
    PrintWriter err = spec.commandLine().getErr();
    List<String> refused = collection.refused();
    refused.stream().limit(MAX_SHOWN).forEach(err::println);
    if (refused.size() > MAX_SHOWN) {
      err.println("and " + (refused.size() - MAX_SHOWN) + " more");
    }
    err.println(collection.summary());
    err.flush();
  }

  private static ProgressBar bar(int size) {
    return new ProgressBarBuilder()
        .setTaskName("results")
        .setInitialMax(size)
        .setUpdateIntervalMillis(200)
        .build();
  }
}
