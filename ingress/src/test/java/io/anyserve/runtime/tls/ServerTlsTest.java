package io.anyserve.runtime.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerTlsTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void everyKindOfKeyIsRead(String algorithm) throws Exception {
    var certificate = TestCertificate.create(folder, "a", algorithm);
    try (var tls = new ServerTls(certificate.write(folder), meters)) {
      tls.start();
      assertEquals(certificate.certificate(), used(tls));
      assertEquals(
          (double) certificate.certificate().getNotAfter().toInstant().getEpochSecond(),
          meters.get("anyserve.tls.certificate.expiry").gauge().value());
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsRefusedAtTheStart() throws Exception {
    TlsFiles files = TestCertificate.create(folder, "a", "EC").write(folder);
    Files.writeString(files.key(), TestCertificate.create(folder, "b", "EC").keyPem());
    assertEquals(
        "TLS: tls-key: not the key of tls-certificate (expected: the key of its first certificate)",
        refusal(files));
  }

  @ParameterizedTest
  @CsvSource({
    "server.pem, nonsense, tls-certificate: ",
    "server.key, nonsense, tls-key: no PKCS#8 key",
    "server.key, -----BEGIN RSA PRIVATE KEY-----, tls-key: no PKCS#8 key",
  })
  void aFileThatIsNoneIsNamed(String file, String content, String problem) throws Exception {
    TlsFiles files = TestCertificate.create(folder, "a", "EC").write(folder);
    Files.writeString(folder.resolve(file), content);
    assertTrue(refusal(files).contains(problem), refusal(files));
  }

  @Test
  void aMissingFileIsNamed() {
    var files = new TlsFiles(folder.resolve("none.pem"), folder.resolve("k"), Optional.empty());
    assertTrue(refusal(files).startsWith("tls-certificate: " + files.certificate()));
  }

  private String refusal(TlsFiles files) {
    try (var tls = new ServerTls(files, meters)) {
      return String.valueOf(assertThrows(IOException.class, tls::start).getMessage());
    }
  }

  @Test
  void aChangeIsTakenOverAndAHalfOfOneIsNot() throws Exception {
    var first = TestCertificate.create(folder, "a", "EC");
    var second = TestCertificate.create(folder, "b", "EC");
    TlsFiles files = first.write(folder);
    try (var tls = new ServerTls(files, meters)) {
      tls.start();
      tls.reload();
      assertEquals(0, reloads("ok"));
      Files.writeString(files.certificate(), second.certificatePem());
      tls.reload();
      tls.reload();
      assertEquals(first.certificate(), used(tls));
      assertEquals(1, reloads("failed"));
      Files.writeString(files.key(), second.keyPem());
      tls.reload();
      assertEquals(second.certificate(), used(tls));
      assertEquals(1, reloads("ok"));
      Files.delete(files.key());
      tls.reload();
      tls.reload();
      assertEquals(second.certificate(), used(tls));
      assertEquals(2, reloads("failed"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tls-certificate = 'a'",
        "tls-key = 'a'",
        "tls-client-ca = 'a'",
      })
  void aHalfOfThePairIsAMistakeOfTheSettings(String setting) {
    Config config = Config.parse("[ingress]\n" + setting, Map.of());
    assertEquals(Optional.empty(), TlsFiles.read(config.section("ingress")));
    var thrown = assertThrows(ConfigException.class, () -> config.check(Set.of("ingress")));
    assertEquals(1, thrown.problems().size(), thrown.problems()::toString);
    assertTrue(thrown.problems().getFirst().startsWith("ingress: tls-"));
  }

  private double reloads(String result) {
    return meters.get("anyserve.tls.reloads").tag("result", result).counter().count();
  }

  private static Object used(ServerTls tls) {
    String alias = tls.keys().chooseServerAlias("EC", null, null);
    return tls.keys().getCertificateChain(alias)[0];
  }
}
