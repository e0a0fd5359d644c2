package io.anyserve.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every image of AnyServe keeps to. */
final class DockerfileTest {

  private static final Path FOLDER = ComposeFile.FOLDER.resolve("docker");
  private static final Pattern ARCHITECTURE =
      Pattern.compile("amd64|x86_64|x86-64|aarch64|arm64", Pattern.CASE_INSENSITIVE);

  @ParameterizedTest
  @ValueSource(strings = {"services", "worker", "standalone", "loadtest"})
  void anImageIsUnprivilegedDescribedAndOfEveryArchitecture(String name) throws IOException {
    List<String> lines = Files.readAllLines(FOLDER.resolve(name + ".Dockerfile"));
    String text = String.join("\n", lines);
    String last = text.substring(text.lastIndexOf("\nFROM "));

    assertTrue(last.contains("\nUSER 10001:10001\n"), last);
    assertTrue(last.contains("\nHEALTHCHECK "), last);
    for (String label : List.of("title", "description", "version", "revision", "licenses")) {
      assertTrue(last.contains("org.opencontainers.image." + label + "="), label);
    }
    assertTrue(last.contains("bom.json"), last);
    assertTrue(last.contains("anyserve.aot"), last);
    assertFalse(ARCHITECTURE.matcher(text).find(), text);
    // The libraries first: a change of AnyServe's own code leaves their layer alone.
    assertTrue(last.indexOf("/lib/*.jar") < last.indexOf("/opt/anyserve/lib/anyserve"), last);
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "kafka", "minio", "haproxy", "prometheus"})
  void aStandInSaysThatItIsOne(String name) throws IOException {
    String text = Files.readString(FOLDER.resolve("stand-ins/" + name + "/Dockerfile"));
    assertTrue(text.startsWith("# Stands in for "), text);
    assertEquals(1, text.split("LABEL io.anyserve.stand-in=", -1).length - 1, text);
  }
}
