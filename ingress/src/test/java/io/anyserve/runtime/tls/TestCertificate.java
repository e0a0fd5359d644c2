package io.anyserve.runtime.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A certificate for this machine that signs itself, made by the JDK's keytool, and its key. */
public record TestCertificate(X509Certificate certificate, PrivateKey key) {

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII));

  /**
   * Makes one.
   *
   * @param algorithm such as {@code EC} or {@code RSA}
   */
  public static TestCertificate create(Path folder, String name, String algorithm)
      throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                algorithm,
                "-alias",
                "own",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-ext",
                "bc:c",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool: " + output);
    }
    KeyStore made = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      made.load(in, PASSWORD);
    }
    return new TestCertificate(
        (X509Certificate) made.getCertificate("own"), (PrivateKey) made.getKey("own", PASSWORD));
  }

  public String certificatePem() throws GeneralSecurityException {
    return pem("CERTIFICATE", certificate.getEncoded());
  }

  public String keyPem() {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static String pem(String kind, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, PEM.encodeToString(content), kind);
  }

  /** Writes both, as a server's settings name them. */
  public TlsFiles write(Path folder) throws IOException, GeneralSecurityException {
    Path chain = Files.writeString(folder.resolve("server.pem"), certificatePem());
    Path own = Files.writeString(folder.resolve("server.key"), keyPem());
    return new TlsFiles(chain, own, Optional.empty());
  }

  /** Of a client that trusts this certificate alone. */
  public SSLContext trusted() throws GeneralSecurityException, IOException {
    return context(null);
  }

  /** Of a client that trusts this certificate alone, and has one of its own. */
  public SSLContext trustedBy(TestCertificate client) throws GeneralSecurityException, IOException {
    KeyStore own = empty();
    own.setKeyEntry("own", client.key, PASSWORD, new X509Certificate[] {client.certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD);
    return context(keys);
  }

  private SSLContext context(@Nullable KeyManagerFactory keys)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = empty();
    trusted.setCertificateEntry("server", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    return store;
  }
}
