package io.anyserve.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.chaos.cluster.FreePorts;
import io.anyserve.cli.UpProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The calls of the API in the README, as they are printed but for the port. */
final class ReadmeCallsIT {

  private static final int PORTS = 8;
  private static final int API = 7;
  private static final String PRINTED = "127.0.0.1:7407";

  @TempDir Path folder;

  private int port;
  private UpProcess up;

  @BeforeEach
  void start() throws IOException {
    port = new FreePorts().row(PORTS);
    up =
        UpProcess.start(
            List.of(
                "up",
                "--port",
                Integer.toString(port),
                "--data",
                folder.resolve("data").toString()),
            folder);
  }

  @AfterEach
  void stop() throws InterruptedException {
    up.close();
  }

  @Test
  void theCallOfCurlIsAnswered() throws Exception {
    assumeTrue(succeeds("curl", "--version"), "curl is not installed");
    JsonNode answer = new JsonMapper().readTree(output("bash", "-c", example("curl ")));
    assertFalse(answer.path("choices").path(0).path("text").asString().isBlank());
    assertEquals(40, answer.path("usage").path("completion_tokens").asInt());
  }

  @Test
  void theCallOfPythonIsAnswered() throws Exception {
    assumeTrue(succeeds("python3", "-c", "import openai"), "openai is not installed for python3");
    assertFalse(output("python3", "-c", example("from openai ")).isBlank());
  }

  private String example(String beginning) throws IOException {
    List<String> examples =
        MarkdownPage.read("README.md").section("Call it").blocks().stream()
            .filter(MarkdownPage.Block::code)
            .map(block -> String.join("\n", block.lines()))
            .filter(text -> text.startsWith(beginning))
            .toList();
    assertEquals(1, examples.size(), beginning);
    String example = examples.getFirst();
    assertTrue(example.contains(PRINTED), example);
    return example.replace(PRINTED, "127.0.0.1:" + (port + API));
  }

  private boolean succeeds(String... command) throws InterruptedException {
    try {
      return start(command).waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String output(String... command) throws IOException, InterruptedException {
    Process process = start(command);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> out + errors());
    return out;
  }

  private Process start(String... command) throws IOException {
    return new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
