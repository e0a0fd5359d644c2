package io.anyserve.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The machine's own Prometheus with this repository's configuration and rules, on one target. */
final class LocalPrometheus implements AutoCloseable {

  static final Path SOURCES = Path.of("..", "prometheus").toAbsolutePath().normalize();

  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private final Process process;
  private final int port;

  private LocalPrometheus(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** A program of the Debian package {@code prometheus} is there. */
  static boolean has(String program) {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Stream.of(path.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Scrapes that port every second; returns once it answers. */
  static LocalPrometheus scraping(int target, Path folder) throws IOException {
    String settings =
        Files.readString(SOURCES.resolve("prometheus.yml"))
            .replace("127.0.0.1:7401", "127.0.0.1:" + target)
            .replace("15s", "1s")
            .replace(
                "rules/anyserve.rules.yml", SOURCES.resolve("rules/anyserve.rules.yml").toString());
    Path file = Files.writeString(folder.resolve("prometheus.yml"), settings);
    int port = UnusedPorts.row(1);
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + file,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    var prometheus = new LocalPrometheus(process, port);
    Awaitility.await()
        .ignoreExceptions()
        .atMost(RunningServices.PATIENCE)
        .until(() -> prometheus.get("/-/ready").statusCode() == 200);
    return prometheus;
  }

  /** An answer that says something: at least one value that is a number. */
  boolean answers(String expression) {
    for (JsonNode series : query(expression)) {
      if (!series.get("value").get(1).asString().equals("NaN")) {
        return true;
      }
    }
    return false;
  }

  private JsonNode query(String expression) {
    return data("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8)).get("result");
  }

  /** What it evaluates: {@code type} (recording or alerting), name, query and health. */
  List<JsonNode> rules() {
    List<JsonNode> rules = new ArrayList<>();
    for (JsonNode group : data("/api/v1/rules").get("groups")) {
      group.get("rules").forEach(rules::add);
    }
    return rules;
  }

  private JsonNode data(String path) {
    try {
      HttpResponse<String> response = get(path);
      if (response.statusCode() != 200) {
        throw new IllegalStateException(path + ": " + response.body());
      }
      return json.readTree(response.body()).get("data");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(path, e);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws InterruptedException {
    http.close();
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
