package io.anyserve.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.standalone.RunningServices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The examples of the HTTP API in the documentation, as they are printed but for the port. */
@Timeout(300)
final class HttpExamplesIT {

  private static final String PRINTED = "127.0.0.1:7407";
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private static RunningServices services;

  @TempDir Path folder;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    services = RunningServices.simulated(data);
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  @Test
  void curlIsAnswered() throws Exception {
    assumeTrue(succeeds("curl", "--version"), "curl is not installed");
    JsonNode answer = new JsonMapper().readTree(output("bash", "-c", example("curl ")));
    assertFalse(answer.at("/choices/0/message/content").asString().isBlank());
    assertTrue(answer.at("/usage/completion_tokens").asInt() > 0, answer::toString);
  }

  @Test
  void pythonIsAnswered() throws Exception {
    assumeTrue(succeeds("python3", "-c", "import openai"), "openai is not installed for python3");
    assertFalse(output("python3", "-c", example("import os")).isBlank());
  }

  @Test
  void javaScriptIsAnswered() throws Exception {
    assumeTrue(succeeds("node", "--version"), "node is not installed");
    assertFalse(node(example("const response")).isBlank());
  }

  @Test
  void openAiForNodeIsAnswered() throws Exception {
    String check = "await import('openai')";
    assumeTrue(
        succeeds("node", "--input-type=module", "-e", check), "openai is not installed for node");
    assertFalse(node(example("import OpenAI")).isBlank());
  }

  private String node(String script) throws Exception {
    return output("node", "--input-type=module", "-e", script);
  }

  @Test
  void javaIsAnsweredWithEvents() throws Exception {
    List<String> lines = java(example("import java.net")).lines().toList();
    assertTrue(lines.contains("data: [DONE]"), lines::toString);
    assertTrue(lines.stream().anyMatch(line -> line.contains("\"content\"")), lines::toString);
  }

  @Test
  void openAiForJavaIsAnswered() throws Exception {
    assertFalse(java(example("import com.openai")).isBlank());
  }

  /** The launcher compiles the source first. */
  private String java(String source) throws Exception {
    Path file = Files.writeString(folder.resolve("Example.java"), source);
    return output(JAVA, "--class-path", System.getProperty("java.class.path"), file.toString());
  }

  private static String example(String beginning) throws IOException {
    List<String> examples =
        MarkdownPage.read("docs/http.md").section("Examples").blocks().stream()
            .filter(MarkdownPage.Block::code)
            .map(MarkdownPage.Block::text)
            .filter(text -> text.startsWith(beginning))
            .toList();
    assertEquals(1, examples.size(), beginning);
    String example = examples.getFirst();
    assertTrue(example.contains(PRINTED), example);
    return example.replace(PRINTED, "127.0.0.1:" + services.place().apiPort());
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
    assertEquals(0, process.waitFor(), () -> Arrays.toString(command) + out + errors());
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
