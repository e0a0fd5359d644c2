package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.anyserve.runtime.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SingleServiceTest {

  private static final Pattern EXAMPLE =
      Pattern.compile("```toml\n(\\[kafka].*?)```", Pattern.DOTALL);

  @ParameterizedTest
  @EnumSource
  void everyServiceTakesTheDocumentedFile(SingleService.Service service) throws IOException {
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of("../../docs/operations.md")));
    String toml =
        example
            .results()
            .findFirst()
            .orElseThrow()
            .group(1)
            .replace("\"...\"", '"' + "0".repeat(64) + '"')
            .replace("/models/story", "../../gpu-worker/models/story");

    SingleService lone = new SingleService(service, Config.parse(toml, Map.of()));

    assertFalse(lone.addresses().isEmpty());
  }
}
