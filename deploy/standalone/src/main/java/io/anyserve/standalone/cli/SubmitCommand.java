package io.anyserve.standalone.cli;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.RequestResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Publishes a file of requests, one JSON object a line, and collects their results. */
@Command(
    mixinStandardHelpOptions = true,
    name = "submit",
    description = "Submit a JSONL file of requests and wait for the results.",
    sortOptions = false)
final class SubmitCommand implements Callable<Integer> {

  private static final int MAX_SHOWN = 10;
  private static final int INCOMPLETE = 1;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE.jsonl", description = "One request a line.")
  Path file = Path.of("");

  @Option(names = "--out", description = "Write results here instead of to standard output.")
  @Nullable Path out;

  @Option(names = "--no-wait", description = "Publish, print the ids and return.")
  boolean noWait;

  @Option(
      names = "--timeout",
      defaultValue = "600",
      description = "Seconds to wait for results (default: ${DEFAULT-VALUE}).")
  int timeout;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    Map<RequestId, ObjectNode> requests = read();
    if (noWait) {
      publish(requests);
      requests.keySet().forEach(spec.commandLine().getOut()::println);
      return 0;
    }
    try (ResultsReader results = new ResultsReader(kafka)) {
      results.fromEnd();
      publish(requests);
      return collect(requests, results);
    }
  }

  private Map<RequestId, ObjectNode> read() throws IOException {
    JsonMapper mapper = new JsonMapper();
    SecureRandom random = new SecureRandom();
    Map<RequestId, ObjectNode> requests = new java.util.LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      try {
        ObjectNode request = (ObjectNode) mapper.readTree(lines.get(i));
        requests.put(identified(request, random), request);
      } catch (JacksonException | ClassCastException | IllegalArgumentException e) {
        problems.add("line " + (i + 1) + ": " + firstLine(e) + " (expected: a JSON object)");
      }
    }
    if (!problems.isEmpty() || requests.isEmpty()) {
      refuse(problems);
    }
    return requests;
  }

  private static RequestId identified(ObjectNode request, SecureRandom random) {
    if (request.has("id")) {
      return RequestId.parse(request.get("id").asString());
    }
    RequestId id = RequestId.next(System.currentTimeMillis(), random);
    request.put("id", id.toString());
    return id;
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
    try (var producer = kafka.settings().producer("anyserve-submit", Map.of("linger.ms", "5"))) {
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

  private int collect(Map<RequestId, ObjectNode> requests, ResultsReader results)
      throws IOException {
    Map<RequestId, ObjectNode> open = new HashMap<>(requests);
    long deadline = System.nanoTime() + Duration.ofSeconds(timeout).toNanos();
    try (ProgressBar bar = bar(requests.size());
        PrintWriter writer =
            out == null
                ? new PrintWriter(spec.commandLine().getOut(), false)
                : new PrintWriter(Files.newBufferedWriter(out))) {
      while (!open.isEmpty() && System.nanoTime() < deadline) {
        for (RequestResult result : results.poll()) {
          if (open.remove(result.request()) != null) {
            writer.println(ResultsReader.json(result));
            bar.step();
          }
        }
      }
      writer.flush();
    }
    spec.commandLine()
        .getErr()
        .printf("%d of %d results%n", requests.size() - open.size(), requests.size());
    return open.isEmpty() ? 0 : INCOMPLETE;
  }

  private static ProgressBar bar(int size) {
    return new ProgressBarBuilder()
        .setTaskName("results")
        .setInitialMax(size)
        .setUpdateIntervalMillis(200)
        .build();
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
