package io.anyserve.loadtest.scenario;

import io.anyserve.loadtest.arrivals.Arrivals;
import io.anyserve.loadtest.arrivals.RateCurve;
import io.anyserve.loadtest.scenario.CallerProfile.Leaving;
import io.anyserve.loadtest.scenario.CallerProfile.Prompts;
import io.anyserve.loadtest.scenario.CallerProfile.Slow;
import io.anyserve.loadtest.trace.TraceFormat;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The tables {@code [load]} and {@code [[load.caller]]} of a scenario. */
final class TrafficTables {

  private static final double HIGHEST_RATE = 1e6;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final LengthDistribution ONE = new LengthDistribution.Fixed(1);

  /** When callers begin. */
  private enum Pattern {
    CONSTANT,
    POISSON,
    BURSTS,
    RAMP,
    CLOSED,
    REPLAY;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Forms of traces, those of files among them. */
  private enum TraceKind {
    AZURE,
    MOONCAKE,
    TOKENS
  }

  private final Config config;
  private final Path folder;
  private final ConfigSection load;
  private final String capability;

  /**
   * @param folder that traces are relative to
   */
  TrafficTables(Config config, Path folder) {
    this.config = config;
    this.folder = folder;
    this.load = config.section("load");
    this.capability =
        load.text("capability", "story", "Capability of callers and a backlog that name none.");
  }

  /** Of what names none of its own. */
  String capability() {
    return capability;
  }

  Traffic traffic() {
    Pattern pattern =
        load.choice(
                "pattern",
                List.of(Pattern.values()),
                Pattern::key,
                "poisson",
                "When callers begin: evenly, at random, in bursts, at a changing rate, so many at a"
                    + " time, or as in a trace.")
            .orElse(Pattern.POISSON);
    double rate =
        load.number("rate", 10, 0, HIGHEST_RATE, "Callers a second; at the start of a ramp.");
    double toRate = load.number("to-rate", 20, 0, HIGHEST_RATE, "Callers a second at its end.");
    Traffic bursts = bursts(rate, pattern == Pattern.BURSTS);
    int callers = load.integer("callers", 10, 1, 100_000, "Callers at a time, closed loop.");
    Traffic replay = replay(pattern == Pattern.REPLAY);
    return switch (pattern) {
      case CONSTANT -> open(() -> new RateCurve.Steady(rate), false);
      case POISSON -> open(() -> new RateCurve.Steady(rate), true);
      case RAMP -> open(() -> new RateCurve.Ramp(rate, toRate), true);
      case BURSTS -> bursts;
      case CLOSED -> new Traffic.Closed(callers);
      case REPLAY -> replay;
    };
  }

  private Traffic open(Supplier<RateCurve> curve, boolean random) {
    return new Traffic.Open(new Arrivals(load.build(curve, new RateCurve.Steady(1)), random));
  }

  private Traffic bursts(double rate, boolean used) {
    double burstRate =
        load.number("burst-rate", 100, 0, HIGHEST_RATE, "Callers a second in a burst.");
    Duration every =
        load.duration(
            "burst-every", Duration.ofSeconds(10), Duration.ofMillis(1), "From burst to burst.");
    Duration length =
        load.duration(
            "burst-length", Duration.ofSeconds(1), Duration.ofMillis(1), "Length of a burst.");
    return used
        ? open(() -> new RateCurve.Bursts(rate, burstRate, every, length), true)
        : new Traffic.Closed(1);
  }

  private Traffic replay(boolean used) {
    TraceKind kind =
        load.choice(
                "trace-format",
                List.of(TraceKind.values()),
                each -> each.name().toLowerCase(Locale.ROOT),
                "azure",
                "Form of the trace; `tokens` is the topic of a running AnyServe.")
            .orElse(TraceKind.AZURE);
    Optional<Path> file =
        load.optional("trace", "none", "File of the trace, relative to the scenario.")
            .map(folder::resolve);
    double speed =
        load.number("speed", 1, 0.001, HIGHEST_RATE, "How many times as fast as the trace.");
    int longestPrompt =
        load.integer(
            "longest-prompt", 100_000, 1, LengthDistribution.MOST, "Cuts prompts, tokens.");
    int longestAnswer =
        load.integer("longest-answer", 2_048, 1, LengthDistribution.MOST, "Cuts answers, tokens.");
    int block = load.integer("block-tokens", 512, 1, 65_536, "Tokens of a block with a hash id.");
    return new Traffic.Replay(
        used ? source(kind, file) : Optional.empty(),
        speed,
        new Traffic.Limits(longestPrompt, longestAnswer, block));
  }

  private Optional<Traffic.Source> source(TraceKind kind, Optional<Path> file) {
    return switch (kind) {
      case TOKENS -> Optional.empty();
      case AZURE -> file(file, TraceFormat.AZURE);
      case MOONCAKE -> file(file, TraceFormat.MOONCAKE);
    };
  }

  private Optional<Traffic.Source> file(Optional<Path> file, TraceFormat format) {
    if (file.isEmpty() || !Files.isRegularFile(file.get())) {
      String found = file.map(Path::toString).orElse("not set");
      config.problem("load.trace: " + found + " (expected: a file that exists)");
    }
    return file.map(path -> new Traffic.Source(path, format));
  }

  List<CallerProfile> callers() {
    List<ConfigSection> tables = config.tables("load", "caller");
    if (tables.isEmpty()) {
      config.problem("load.caller: none (expected: at least one table [[load.caller]])");
    }
    List<CallerProfile> callers = tables.stream().map(this::caller).toList();
    Set<String> names = new HashSet<>();
    callers.stream()
        .map(CallerProfile::name)
        .filter(name -> !names.add(name))
        .forEach(
            name ->
                config.problem(
                    "load.caller.name: \"" + name + "\" twice (expected: a name for each)"));
    return callers;
  }

  private CallerProfile caller(ConfigSection table) {
    double weight = table.number("weight", 1, 0.001, 1e6, "Share of callers, relative to others.");
    return new CallerProfile(
        table.text("name", "all", "Name of this kind of callers, as reports have it."),
        weight,
        table.text("capability", capability, "Capability that they ask."),
        table.optional("key-variable", "the key of the run", "Variable with their API key."),
        table.optional("tenant", "default", "Tenant of their submissions to the topic."),
        new Prompts(
            length(table, "prompt-tokens", "100", "Tokens of a prompt, about a word each."),
            table.integer("shared-tokens", 0, 0, 1_000_000, "Tokens that all prompts begin with."),
            length(table, "answer-tokens", "32", "Tokens of an answer.")),
        length(table, "turns", "1", "Turns of a conversation."),
        table.duration("think-time", SECOND, Duration.ZERO, "From an answer to the next turn."),
        new Leaving(
            table.number("leave-share", 0, 0, 1, "Share of callers that hang up."),
            length(table, "leave-after", "1", "Chunks after which they do.")),
        new Slow(
            table.number("slow-share", 0, 0, 1, "Share of callers that read slowly."),
            table.duration("slow-pause", SECOND, Duration.ZERO, "Their pause after a chunk.")));
  }

  /** A distribution of whole numbers. */
  static LengthDistribution length(
      ConfigSection table, String key, String otherwise, String meaning) {
    String text = table.text(key, otherwise, meaning);
    return table.build(
        () -> {
          try {
            return LengthDistribution.parse(text);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
          }
        },
        ONE);
  }
}
