package io.anyserve.runtime.tls;

import io.anyserve.runtime.ConfigSection;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The PEM files of a server.
 *
 * @param certificate of the server first, then those that signed it
 * @param key of the first certificate, PKCS#8 without a password
 * @param clientCa who signs the certificates that clients must have; empty where they need none
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> clientCa) {

  /** Empty where the server speaks without TLS. A half of the pair is a mistake of the section. */
  public static Optional<TlsFiles> read(ConfigSection section) {
    Optional<String> certificate =
        section.optional(
            "tls-certificate",
            "no TLS",
            "PEM file with the certificate chain of the ingress, for both of its ports; read again when it"
                + " changes.");
    Optional<String> key =
        section.optional(
            "tls-key",
            "no TLS",
            "PEM file with the key of `tls-certificate` (PKCS#8, no password).");
    Optional<String> clientCa =
        section.optional(
            "tls-client-ca",
            "clients need no certificate",
            "PEM file with the authorities that sign clients' certificates; every client needs one then.");
    return section.build(() -> of(certificate, key, clientCa), Optional.<TlsFiles>empty());
  }

  private static Optional<TlsFiles> of(
      Optional<String> certificate, Optional<String> key, Optional<String> clientCa) {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          "tls-certificate and tls-key: one of the two (expected: both or none)");
    }
    if (clientCa.isPresent() && certificate.isEmpty()) {
      throw new IllegalArgumentException(
          "tls-client-ca: without tls-certificate (expected: a certificate and its key, too)");
    }
    return certificate.map(
        chain -> new TlsFiles(Path.of(chain), Path.of(key.orElseThrow()), clientCa.map(Path::of)));
  }
}
