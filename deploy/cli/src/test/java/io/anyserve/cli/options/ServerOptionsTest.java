package io.anyserve.cli.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerOptionsTest {

  @Test
  void aHalfOfAnIdentityIsNone() {
    var half = new ServerOptions();
    half.authority = Path.of("ca.pem");
    half.certificate = Path.of("own.pem");
    assertEquals(
        "--tls-certificate and --tls-key: one of the two (expected: both or none)", refused(half));
    var plain = new ServerOptions();
    plain.certificate = Path.of("own.pem");
    plain.certificateKey = Path.of("own.key");
    assertEquals(
        "--tls-certificate: without --tls-ca (expected: the authority of the server, too)",
        refused(plain));
  }

  private static String refused(ServerOptions options) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, options::open).getMessage());
  }

  @Test
  void anAuthorityThatIsNoneIsNamed(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing.pem");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "none");
    for (Path authority : new Path[] {missing, empty}) {
      var options = new ServerOptions();
      options.authority = authority;
      assertEquals(
          "--tls-ca: " + authority + " is not readable (expected: PEM certificates)",
          refused(options));
    }
  }
}
