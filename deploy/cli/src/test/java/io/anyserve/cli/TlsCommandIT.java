package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.runtime.tls.TestCertificate;
import io.anyserve.runtime.tls.TlsFiles;
import io.anyserve.standalone.UnusedPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code up} and the client commands, with certificates on both sides. */
@Timeout(300)
final class TlsCommandIT {

  @TempDir private Path folder;

  @Test
  void aClientShowsItsCertificate() throws Exception {
    TlsFiles server = TestCertificate.create(folder, "server", "EC").write(folder);
    TestCertificate client = TestCertificate.create(folder, "client", "EC");
    Path own = Files.writeString(folder.resolve("client.pem"), client.certificatePem());
    Path key = Files.writeString(folder.resolve("client.key"), client.keyPem());
    int port = UnusedPorts.row(8);
    List<String> command =
        List.of(
            "up", "--simulated", "--port", "" + port, "--data", folder.resolve("data").toString());
    Map<String, String> settings =
        Map.of(
            "ANYSERVE_INGRESS_TLS_CERTIFICATE", server.certificate().toString(),
            "ANYSERVE_INGRESS_TLS_KEY", server.key().toString(),
            "ANYSERVE_INGRESS_TLS_CLIENT_CA", own.toString());
    try (UpProcess up = UpProcess.start(command, folder, settings)) {
      String printed = up.printed();
      assertTrue(printed.contains("gRPC   127.0.0.1:%d (TLS)".formatted(port)), printed);
      assertTrue(printed.contains("OpenAI https://127.0.0.1:%d/v1".formatted(port + 7)), printed);
      List<String> trusting =
          List.of(
              "ask",
              "Once",
              "--server",
              "127.0.0.1:" + port,
              "--tls-ca",
              "" + server.certificate());
      Said stranger = said(trusting, List.of());
      Said known = said(trusting, List.of("--tls-certificate", "" + own, "--tls-key", "" + key));
      assertEquals(0, known.exitCode(), known.err());
      assertTrue(stranger.exitCode() != 0, stranger.out());
      List<String> certificates =
          List.of(
              "--tls-ca",
              "" + server.certificate(),
              "--tls-certificate",
              "" + own,
              "--tls-key",
              "" + key);
      assertAllAnswered("grpc", port, certificates);
      assertAllAnswered("http-chat", port + 7, certificates);
    }
  }

  private void assertAllAnswered(String target, int port, List<String> certificates)
      throws IOException {
    Path json = folder.resolve(target + ".json");
    List<String> load =
        List.of(
            "load",
            "../../loadtest/scenarios/burst.toml",
            "--target",
            target,
            "--duration",
            "1s",
            "--warm-up",
            "0s",
            "--metrics",
            "",
            "--server",
            "127.0.0.1:" + port,
            "--json",
            "" + json);

    Said said = said(load, certificates);

    assertTrue(Files.exists(json), said.err());
    PhaseReport.Counts counts = LoadReport.read(json).phases().getFirst().counts();
    assertTrue(counts.finished() > 0, said.out());
    assertEquals(counts.sent(), counts.finished(), said.out());
  }

  private static Said said(List<String> command, List<String> more) {
    return Said.by(Stream.concat(command.stream(), more.stream()).toArray(String[]::new));
  }
}
