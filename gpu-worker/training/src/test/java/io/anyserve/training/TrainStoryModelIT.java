package io.anyserve.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainStoryModelIT {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void writesAWholeModelFolder(@TempDir Path folder) throws IOException {
    assertEquals(0, run("--out", folder.toString(), "--steps", "2"), err::toString);
    try (var files = Files.list(folder)) {
      assertEquals(
          Set.of(
              "config.json",
              "generation_config.json",
              "model.safetensors",
              "tokenizer.json",
              "tokenizer_config.json"),
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
    }
    assertTrue(out.toString(UTF_8).contains("> Once upon a time"), out.toString(UTF_8));
  }

  @Test
  void saysHowToUseIt() {
    assertEquals(2, run("--steps", "2"));
    assertEquals(
        "--out: nothing (expected: a folder)\n" + TrainingOptions.USAGE + "\n",
        err.toString(UTF_8).replace("\r", ""));
  }

  @Test
  void saysWhichFolderItCannotWrite(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    assertEquals(1, run("--out", file.toString(), "--steps", "2"));
    assertTrue(err.toString(UTF_8).contains(file.toString()), err.toString(UTF_8));
  }

  @Test
  void refusesAStateOfAnotherShape(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("training.state"), new byte[100]);
    assertEquals(1, run("--out", folder.toString(), "--steps", "2"));
    assertTrue(err.toString(UTF_8).contains("100 bytes (expected: "), err.toString(UTF_8));
  }

  private int run(String... args) {
    return TrainStoryModel.exitCode(
        args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }
}
