package io.anyserve.cli.bench;

import io.anyserve.standalone.TemporaryFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * llama.cpp in a Python process, measured by {@code llama_cpp.py} beside this class.
 *
 * @param python an interpreter that has the packages which the script names
 */
record LlamaCppPeer(Path python) {

  private static final String SCRIPT = "llama_cpp.py";

  /** How this program's threads wait: no matter of the peer's. */
  private static final Set<String> OWN_SETTINGS =
      Set.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "MALLOC_ARENA_MAX");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Tokens per second of 1, 8 and 32 sequences, and of a prompt of 512 tokens. */
  record Result(
      String quantization, double batch1, double batch8, double batch32, double prefill) {}

  /**
   * Measures each quantization, one after the other.
   *
   * @param model a GGUF file, or "random" for the shape of Qwen2.5-0.5B
   * @throws IOException where the process fails; what it said went to standard error
   */
  List<Result> run(String model, int threads, int steps, List<String> quantizations)
      throws IOException, InterruptedException {
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-peer")) {
      Path script = folder.path().resolve(SCRIPT);
      try (InputStream text = LlamaCppPeer.class.getResourceAsStream(SCRIPT)) {
        Files.copy(Objects.requireNonNull(text), script);
      }
      List<String> command = new ArrayList<>();
      command.add(python.toString());
      command.add(script.toString());
      command.addAll(
          List.of(
              model, Integer.toString(threads), Integer.toString(steps), folder.path().toString()));
      command.addAll(quantizations);
      return results(command);
    }
  }

  private static List<Result> results(List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().removeAll(OWN_SETTINGS);
    Process process = builder.start();
    List<Result> results = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        results.add(JSON.readValue(line, Result.class));
      }
    } finally {
      process.destroy();
    }
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", command) + ": exit " + exit + " (expected: 0)");
    }
    return results;
  }
}
