package io.anyserve.loadtest.trace;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A trace in a file, one request a line; a name that ends with {@code .gz} says that it is
 * compressed. Holds no more than one line. A request that is earlier than the one before it is due
 * with that one.
 */
public final class TraceFile implements TraceReader {

  private static final int LONGEST_LINE = 1 << 20;
  private static final String COMPRESSED = ".gz";

  private final String name;
  private final TraceFormat format;
  private final BufferedReader lines;
  private long number;
  private long first;
  private long latest;
  private boolean begun;

  private TraceFile(String name, TraceFormat format, BufferedReader lines) {
    this.name = name;
    this.format = format;
    this.lines = lines;
  }

  public static TraceFile open(Path file, TraceFormat format) throws IOException {
    InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
    try {
      InputStream plain = file.toString().endsWith(COMPRESSED) ? new GZIPInputStream(bytes) : bytes;
      return new TraceFile(
          file.toString(),
          format,
          new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  @Override
  public Optional<TraceRequest> next() throws IOException {
    for (String line = line(); line != null; line = line()) {
      if (!line.isBlank() && !(number == 1 && format.heading(line))) {
        return Optional.of(request(line));
      }
    }
    return Optional.empty();
  }

  private TraceRequest request(String line) throws TraceException {
    try {
      TraceFormat.Line parsed = format.parse(line);
      if (!begun) {
        begun = true;
        first = parsed.nanos();
        latest = first;
      }
      latest = Math.max(latest, parsed.nanos());
      return new TraceRequest(
          Math.subtractExact(latest, first),
          parsed.promptTokens(),
          parsed.answerTokens(),
          parsed.blocks());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new TraceException(name, number, String.valueOf(e.getMessage()));
    }
  }

  /** As {@link BufferedReader#readLine}, but for a line without end. */
  private @Nullable String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int next = lines.read();
    if (next < 0) {
      return null;
    }
    number++;
    while (next >= 0 && next != '\n') {
      if (line.length() == LONGEST_LINE) {
        throw new TraceException(
            name, number, "too long (expected: at most " + LONGEST_LINE + " characters)");
      }
      if (next != '\r') {
        line.append((char) next);
      }
      next = lines.read();
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
