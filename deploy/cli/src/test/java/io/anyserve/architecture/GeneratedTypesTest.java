package io.anyserve.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which sources name generated protobuf types. The compiler inlines their constants, so that the
 * classes, which the other rules of the layering read, do not show all of it.
 */
final class GeneratedTypesTest {

  private static final Path ROOT = Path.of("../..");
  private static final String GENERATED = "io.anyserve.v1.";

  /** The codecs, the readers of HTTP calls, and whoever speaks gRPC or writes raw records. */
  private static final List<String> ALLOWED =
      List.of(
          "contracts/codec/",
          "quota/QuotaCodec.java",
          "quota/SnapshotCodec.java",
          "ingress/admission/",
          "ingress/embeddings/",
          "ingress/grpc/",
          "ingress/openai/",
          "ingress/responses/ResponseStore.java",
          "ingress/responses/StoredResponses.java",
          "router/conversations/grpc/",
          "router/status/",
          "worker/link/",
          "metering/grpc/",
          "metering/query/codec/",
          "metering/query/service/",
          "cli/",
          "loadtest/",
          "chaos/");

  @Test
  void onlyCodecsAndCallsNameGeneratedTypes() throws Exception {
    Set<String> others = new TreeSet<>();
    Set<String> unused = new TreeSet<>(ALLOWED);
    for (Path source : sources()) {
      if (Files.readString(source).contains(GENERATED)) {
        String name = source.toString().replaceFirst(".*/src/main/java/io/anyserve/", "");
        unused.removeIf(name::startsWith);
        if (ALLOWED.stream().noneMatch(name::startsWith)) {
          others.add(name);
        }
      }
    }

    assertEquals(Set.of(), others);
    assertEquals(Set.of(), unused, "rules without a source");
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<Path> sources =
          files
              .filter(file -> file.toString().contains("/src/main/java/io/anyserve/"))
              .filter(file -> file.toString().endsWith(".java"))
              .toList();
      assertTrue(sources.size() > 100, () -> sources.size() + " sources (expected: all)");
      return sources;
    }
  }
}
