package io.anyserve.cli.topics;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.topic.TopicNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Shows what could not be processed and puts it back. */
@Command(
    mixinStandardHelpOptions = true,
    name = "dlq",
    description = "List, show and replay dead letters.",
    sortOptions = false)
public final class DlqCommand {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Spec CommandSpec spec = CommandSpec.create();

  @Command(mixinStandardHelpOptions = true, description = "List the latest dead letters.")
  int list(
      @Mixin KafkaOptions kafka,
      @Option(names = "--topic", description = "Only dead letters of this topic.")
          @Nullable String topic,
      @Option(
              names = "--limit",
              defaultValue = "50",
              description = "Most dead letters to list, the latest (default: ${DEFAULT-VALUE}).")
          int limit,
      @Option(names = "--json", description = "Print one JSON object per line.") boolean json) {
    List<DlqRecord> letters = latest(kafka, topic, limit);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      letters.forEach(letter -> out.println(json(letter)));
    } else {
      letters.forEach(letter -> print(out, letter));
    }
    out.flush();
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Show a dead letter with its headers and value.")
  int show(@Parameters(paramLabel = "ID") String id, @Mixin KafkaOptions kafka) {
    DlqRecord letter = find(kafka, id);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("time   %s%norigin %s%n", letter.time(), letter.origin());
    out.printf("key    %s%n", RecordFormatter.of(letter.record().key()));
    for (var header : letter.record().headers()) {
      out.printf("header %s: %s%n", header.key(), RecordFormatter.of(header.value()));
    }
    out.println(RecordFormatter.of(kafka.topics(), letter));
    out.flush();
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Write dead letters back to their topics, with a header that marks them.")
  int replay(
      @Parameters(paramLabel = "ID", arity = "0..*") @Nullable List<String> ids,
      @Option(names = "--all", description = "Replay all dead letters.") boolean all,
      @Option(names = "--topic", description = "With --all: only dead letters of this topic.")
          @Nullable String topic,
      @Option(names = "--yes", description = "Do not ask for confirmation.") boolean yes,
      @Option(names = "--dry-run", description = "Print what would be replayed, and write nothing.")
          boolean dryRun,
      @Mixin KafkaOptions kafka)
      throws IOException, InterruptedException, ExecutionException {
    List<DlqRecord> letters = chosen(kafka, ids, all, topic);
    List<DlqRecord> possible = letters.stream().filter(this::possible).toList();
    possible.forEach(letter -> say("%s -> %s", letter.id(), letter.topic()));
    if (dryRun) {
      say("%d of %d letters would be put back", possible.size(), letters.size());
      return 0;
    }
    if (!possible.isEmpty() && !yes && !confirmed(possible.size())) {
      say("Nothing was put back.");
      return 1;
    }
    putBack(kafka, possible);
    say("%d of %d letters put back", possible.size(), letters.size());
    return possible.size() == letters.size() ? 0 : 1;
  }

  private List<DlqRecord> chosen(
      KafkaOptions kafka, @Nullable List<String> ids, boolean all, @Nullable String topic) {
    if (all == (ids != null && !ids.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(), "replay: ID or --all (expected: one of both)");
    }
    return all
        ? latest(kafka, topic, Integer.MAX_VALUE)
        : ids == null ? List.of() : ids.stream().map(id -> find(kafka, id)).toList();
  }

  private static List<DlqRecord> latest(KafkaOptions kafka, @Nullable String topic, int limit) {
    Deque<DlqRecord> letters = new ArrayDeque<>();
    try (DlqReader box = new DlqReader(kafka)) {
      box.read(
          letter -> {
            if (named(kafka.topics(), topic, letter)) {
              letters.addLast(letter);
            }
            if (letters.size() > limit) {
              letters.removeFirst();
            }
          });
    }
    return new ArrayList<>(letters);
  }

  /** With or without the topics' prefix. */
  private static boolean named(TopicNames topics, @Nullable String topic, DlqRecord letter) {
    return topic == null
        || letter.topic().equals(topic)
        || letter.topic().equals(topics.prefix() + topic);
  }

  private DlqRecord find(KafkaOptions kafka, String id) {
    DlqRecord.Id place;
    try {
      place = DlqRecord.Id.parse(id);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    try (DlqReader box = new DlqReader(kafka)) {
      return box.find(place)
          .orElseThrow(() -> new IllegalStateException("there is no dead letter " + id));
    }
  }

  private boolean possible(DlqRecord letter) {
    letter
        .hindrance()
        .ifPresent(why -> say("%s stays: %s (%s)", letter.id(), why, letter.origin()));
    return letter.hindrance().isEmpty();
  }

  private boolean confirmed(int count) throws IOException {
    spec.commandLine().getOut().printf("Put %d letters back? [y/N] ", count);
    spec.commandLine().getOut().flush();
    // the terminal stays open: it is not this command's
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String answer = in.readLine();
    return answer != null && (answer.strip().equals("y") || answer.strip().equals("yes"));
  }

  private static void putBack(KafkaOptions kafka, List<DlqRecord> letters)
      throws InterruptedException, ExecutionException {
    try (var producer = kafka.settings().newProducer("anyserve-dlq-replay", Map.of())) {
      for (DlqRecord letter : letters) {
        producer.send(letter.original()).get();
      }
    }
  }

  private static void print(PrintWriter out, DlqRecord letter) {
    String kind = letter.kind().substring(letter.kind().lastIndexOf('.') + 1);
    out.printf(
        "%-10s %-24s %-40s %s: %s%n",
        letter.id(), letter.time(), letter.origin(), kind, letter.reason());
  }

  private static String json(DlqRecord letter) {
    return JSON.writeValueAsString(
        JSON.createObjectNode()
            .put("id", letter.id().toString())
            .put("time", letter.time().toString())
            .put("topic", letter.topic())
            .put("partition", Integer.parseInt(letter.originalPartition()))
            .put("offset", Long.parseLong(letter.originalOffset()))
            .put("reason", letter.reason())
            .put("class", letter.kind()));
  }

  private void say(String format, Object... values) {
    spec.commandLine().getOut().printf(format + "%n", values);
    spec.commandLine().getOut().flush();
  }
}
