package io.anyserve.loadtest.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a load run measured.
 *
 * @param version of this form
 * @param at when it began
 * @param machine that the generator ran on
 * @param load what was sent, in a sentence
 * @param objective as it was given, empty where none was
 * @param idle how a backlog used what interactive requests left; null without a backlog
 */
public record LoadReport(
    int version,
    Instant at,
    String scenario,
    String description,
    String machine,
    String load,
    long seed,
    String objective,
    List<PhaseReport> phases,
    @Nullable IdleUse idle) {

  public static final int VERSION = 1;

  /** The generator must not be later than that with 99 of 100 requests. */
  public static final double LATEST_MICROS = 5_000;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  public LoadReport {
    phases = List.copyOf(phases);
  }

  /**
   * A backlog beside interactive requests.
   *
   * @param alone p99 of the time to the first token, microseconds, without the backlog
   * @param beside the same with the backlog
   * @param capacity tokens a second of the backlog alone
   * @param interactive tokens a second of the interactive requests beside the backlog
   * @param batch tokens a second of the backlog beside the interactive requests
   * @param outlasted the backlog lasted as long as the interactive requests
   */
  public record IdleUse(
      double alone,
      double beside,
      double capacity,
      double interactive,
      double batch,
      boolean outlasted) {

    /** Of the capacity that the interactive requests leave, the share that the backlog used. */
    public double share() {
      double left = capacity - interactive;
      return left <= 0 ? 0 : batch / left;
    }
  }

  /** The worst lag of a phase at p99, microseconds. */
  public double lag() {
    return phases.stream().mapToDouble(phase -> phase.latencies().lag().p99()).max().orElse(0);
  }

  /** Whether the figures say something about the service: the generator was not late itself. */
  public boolean valid() {
    return lag() <= LATEST_MICROS;
  }

  /** The phase of that name. */
  public Optional<PhaseReport> phase(String name) {
    return phases.stream().filter(phase -> phase.name().equals(name)).findFirst();
  }

  public String json() {
    return JSON.writeValueAsString(this) + "\n";
  }

  /** Throws IOException where the file is no report. */
  public static LoadReport read(Path file) throws IOException {
    try {
      LoadReport report = JSON.readValue(Files.readString(file), LoadReport.class);
      if (report.version() != VERSION) {
        throw new IOException(
            "%s: version %d (expected: %d)".formatted(file, report.version(), VERSION));
      }
      return report;
    } catch (JacksonException e) {
      throw new IOException(file + ": no report of a load run (" + e.getOriginalMessage() + ")", e);
    }
  }
}
