package io.anyserve.cli.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerOptionsTest {

  @Test
  void anAuthorityThatIsNoneIsNamed(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing.pem");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "none");
    for (Path authority : new Path[] {missing, empty}) {
      var options = new ServerOptions();
      options.authority = authority;
      var thrown = assertThrows(IllegalArgumentException.class, options::open);
      assertEquals(
          "--tls-ca: " + authority + " is not readable (expected: PEM certificates)",
          thrown.getMessage());
    }
  }
}
