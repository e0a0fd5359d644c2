package io.anyserve.cli.options;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class InstallPathsTest {

  private static final Path LAUNCHER = Path.of("../../anyserve");

  @Test
  void theCacheIsWhereTheLauncherRecordsIt() throws Exception {
    Path cache = InstallPaths.directory().relativize(InstallPaths.aotCache());

    String script = Files.readString(LAUNCHER);
    assertTrue(script.contains("cache=$here/" + cache + "\n"), cache::toString);
  }
}
