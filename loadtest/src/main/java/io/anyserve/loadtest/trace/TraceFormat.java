package io.anyserve.loadtest.trace;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How a line of a trace reads. */
public enum TraceFormat {

  /**
   * The Azure LLM inference traces: {@code TIMESTAMP,ContextTokens,GeneratedTokens}
   * (github.com/Azure/AzurePublicDataset).
   */
  AZURE("TIMESTAMP,ContextTokens,GeneratedTokens") {
    @Override
    Line parse(String line) {
      String[] cells = line.split(",", -1);
      if (cells.length != 3) {
        throw expected(line);
      }
      try {
        return new Line(time(cells[0].strip()), number(cells[1]), number(cells[2]), List.of());
      } catch (NumberFormatException | DateTimeException e) {
        throw expected(line);
      }
    }

    @Override
    boolean heading(String line) {
      return line.regionMatches(true, 0, "TIMESTAMP", 0, "TIMESTAMP".length());
    }
  },

  /**
   * Mooncake's traces, a JSON object a line: {@code timestamp} in milliseconds, {@code
   * input_length}, {@code output_length}, {@code hash_ids} (github.com/kvcache-ai/Mooncake).
   */
  MOONCAKE(
      "{\"timestamp\": ms, \"input_length\": n, \"output_length\": n, \"hash_ids\": [n, ...]}") {
    @Override
    Line parse(String line) {
      try {
        JsonNode json = JSON.readTree(line);
        List<Long> blocks = new ArrayList<>();
        for (JsonNode block : json.path("hash_ids")) {
          blocks.add(block.longValue());
        }
        return new Line(
            Math.multiplyExact(whole(json, "timestamp", line), 1_000_000L),
            Math.toIntExact(whole(json, "input_length", line)),
            Math.toIntExact(whole(json, "output_length", line)),
            blocks);
      } catch (JacksonException | ArithmeticException e) {
        throw expected(line);
      }
    }

    private long whole(JsonNode json, String field, String line) {
      JsonNode value = json.path(field);
      if (!value.isNumber()) {
        throw expected(line);
      }
      return value.longValue();
    }
  };

  private static final JsonMapper JSON = new JsonMapper();
  private static final int SHOWN = 80;
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("[ ]['T']HH:mm:ss")
          .optionalStart()
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HH:MM", "Z")
          .optionalEnd()
          .toFormatter();

  private final String form;

  TraceFormat(String form) {
    this.form = form;
  }

  /**
   * One line.
   *
   * @param nanos by the clock of the trace
   */
  record Line(long nanos, int promptTokens, int answerTokens, List<Long> blocks) {}

  /** Throws IllegalArgumentException for what is no request. */
  abstract Line parse(String line);

  /** Whether the first line names the columns. */
  boolean heading(String line) {
    return false;
  }

  private static int number(String cell) {
    return Integer.parseInt(cell.strip());
  }

  private static long time(String text) {
    var parsed = TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
    OffsetDateTime time =
        parsed instanceof OffsetDateTime offset
            ? offset
            : LocalDateTime.from(parsed).atOffset(ZoneOffset.UTC);
    return Math.addExact(Math.multiplyExact(time.toEpochSecond(), 1_000_000_000L), time.getNano());
  }

  IllegalArgumentException expected(String line) {
    String shown = line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
    return new IllegalArgumentException("\"" + shown + "\" (expected: " + form + ")");
  }
}
