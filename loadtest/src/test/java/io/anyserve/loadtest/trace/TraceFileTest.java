package io.anyserve.loadtest.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TraceFileTest {

  private static final String AZURE =
      """
      TIMESTAMP,ContextTokens,GeneratedTokens
      2023-11-16 18:15:46.6805900,374,44
      2023-11-16 18:15:50.9951690,396,109

      2024-05-10T00:00:00Z,7,1
      """;

  private static final String MOONCAKE =
      """
      {"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47, 2353]}
      {"timestamp": 30535, "input_length": 6472, "output_length": 26, "hash_ids": [46, 2366], "more": 1}
      """;

  @TempDir Path folder;

  @Test
  void readsTracesOfAzure() throws IOException {
    List<TraceRequest> requests = all(file(AZURE), TraceFormat.AZURE);

    assertEquals(3, requests.size());
    assertEquals(new TraceRequest(0, 374, 44, List.of()), requests.getFirst());
    assertEquals(4_314_579_000L, requests.get(1).nanos());
    assertEquals(7, requests.getLast().promptTokens());
  }

  @Test
  void readsTracesOfMooncake() throws IOException {
    List<TraceRequest> requests = all(file(MOONCAKE), TraceFormat.MOONCAKE);

    assertEquals(
        List.of(
            new TraceRequest(0, 6955, 52, List.of(46L, 47L, 2353L)),
            new TraceRequest(3_053_000_000L, 6472, 26, List.of(46L, 2366L))),
        requests);
  }

  @Test
  void readsCompressedTraces() throws IOException {
    Path file = folder.resolve("trace.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(AZURE.getBytes(StandardCharsets.UTF_8));
    }

    assertEquals(3, all(file, TraceFormat.AZURE).size());
  }

  @Test
  void aRequestThatIsEarlierThanTheOneBeforeIsDueWithIt() throws IOException {
    Path file = file("2023-11-16 18:15:46,1,1\n2023-11-16 18:15:45,2,2\n2023-11-16 18:15:47,3,3\n");

    assertEquals(
        List.of(0L, 0L, 1_000_000_000L),
        all(file, TraceFormat.AZURE).stream().map(TraceRequest::nanos).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-11-16 18:15:46.6,374",
        "2023-11-16 18:15:46.6,374,44,1",
        "yesterday,374,44",
        "2023-11-16 18:15:46.6,many,44",
        "2023-11-16 18:15:46.6,-1,44",
        "2023-11-16 18:15:46.6,99999999999,44",
        "TIMESTAMP,ContextTokens,GeneratedTokens"
      })
  void aBadLineOfAzureIsNamedWithItsNumber(String line) throws IOException {
    Path file = file(AZURE + line + "\n");

    TraceException problem = assertThrows(TraceException.class, () -> all(file, TraceFormat.AZURE));

    assertTrue(
        String.valueOf(problem.getMessage()).startsWith(file + " line 6: "), problem.getMessage());
    assertTrue(String.valueOf(problem.getMessage()).contains("expected: "), problem.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{",
        "{\"timestamp\": 1, \"input_length\": 5}",
        "{\"timestamp\": \"1\", \"input_length\": 5, \"output_length\": 1}",
        "{\"timestamp\": 1e30, \"input_length\": 5, \"output_length\": 1}",
        "{\"timestamp\": 1, \"input_length\": 5000000000, \"output_length\": 1}",
        "{\"timestamp\": 1, \"input_length\": 5, \"output_length\": -1}"
      })
  void aBadLineOfMooncakeIsNamedWithItsNumber(String line) throws IOException {
    Path file = file(MOONCAKE + line + "\n");

    TraceException problem =
        assertThrows(TraceException.class, () -> all(file, TraceFormat.MOONCAKE));

    assertTrue(
        String.valueOf(problem.getMessage()).startsWith(file + " line 3: "), problem.getMessage());
  }

  @Test
  void aLineWithoutEndIsRefused() throws IOException {
    Path file = file("x".repeat((1 << 20) + 1));

    TraceException problem = assertThrows(TraceException.class, () -> all(file, TraceFormat.AZURE));

    assertTrue(
        String.valueOf(problem.getMessage()).contains("line 1: too long"), problem.getMessage());
  }

  /** A reader that held the lines would need hundreds of megabytes. */
  @Test
  void aHugeTraceIsReadLineByLine() throws IOException {
    int lines = 300_000;
    Path file = folder.resolve("huge.csv.gz");
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8))) {
      for (int i = 0; i < lines; i++) {
        out.write("2023-11-16 18:15:46,%d,44\n".formatted(i));
      }
    }

    long count = 0;
    try (TraceReader trace = TraceFile.open(file, TraceFormat.AZURE)) {
      for (Optional<TraceRequest> request = trace.next();
          request.isPresent();
          request = trace.next()) {
        assertEquals(count, request.get().promptTokens());
        count++;
      }
    }
    assertEquals(lines, count);
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("trace"), content);
  }

  private static List<TraceRequest> all(Path file, TraceFormat format) throws IOException {
    List<TraceRequest> requests = new ArrayList<>();
    try (TraceReader trace = TraceFile.open(file, format)) {
      for (Optional<TraceRequest> next = trace.next(); next.isPresent(); next = trace.next()) {
        requests.add(next.get());
      }
    }
    return requests;
  }
}
