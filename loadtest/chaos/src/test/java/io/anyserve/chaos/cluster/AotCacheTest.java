package io.anyserve.chaos.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AotCacheTest {

  private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // before every test
  private LaunchCommand program;

  @SuppressWarnings("NullAway.Init")
  private Path cache;

  @BeforeEach
  void build() throws IOException {
    cache = folder.resolve("services.aot");
    Path jar = file("product.jar", "jar", BUILT);
    String classPath = jar + File.pathSeparator + folder.resolve("missing.jar");
    program = new LaunchCommand("java", classPath, "Main", List.of("-Dx=y"));
  }

  @Test
  void aNewerCacheIsUsed() throws IOException {
    file("services.aot", "cache", BUILT.plusSeconds(1));

    LaunchCommand quick = AotCache.recorded(program, cache).orElseThrow();

    assertEquals(List.of("-Dx=y", "-XX:AOTCache=" + cache), quick.options());
    assertTrue(quick.command(64, List.of("run")).contains("-XX:AOTCache=" + cache));
  }

  @Test
  void aCacheOlderThanTheClassPathIsNot() throws IOException {
    file("services.aot", "cache", BUILT.minusSeconds(1));

    assertEquals(Optional.empty(), AotCache.recorded(program, cache));
  }

  @Test
  void anEmptyOrMissingCacheIsNot() throws IOException {
    assertEquals(Optional.empty(), AotCache.recorded(program, cache));
    file("services.aot", "", BUILT.plusSeconds(1));
    assertEquals(Optional.empty(), AotCache.recorded(program, cache));
  }

  private Path file(String name, String content, Instant modified) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    return Files.setLastModifiedTime(file, FileTime.from(modified));
  }
}
