package io.anyserve.runtime.tls;

import io.anyserve.runtime.Component;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a server and whom it trusts, for every port of the process. Looks at the files
 * every few seconds: new connections get what is in them, open ones go on as they began. Files that
 * do not fit together change nothing. {@link #reload} belongs to one thread, the rest to any.
 */
public final class ServerTls implements Component {

  private static final Logger log = LoggerFactory.getLogger(ServerTls.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  /** A client that resumes a session shows no certificate again: not for longer than this. */
  public static final Duration SESSION = Duration.ofMinutes(1);

  private final TlsFiles files;
  private final Counter reloaded;
  private final Counter failed;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager clients;
  private volatile Instant expiry = Instant.EPOCH;
  private List<byte[]> read = List.of();
  private String problem = "";
  private @Nullable ScheduledExecutorService thread;

  /** Reads nothing yet. */
  public ServerTls(TlsFiles files, MeterRegistry meters) {
    this.files = files;
    this.clients = newTrustManager();
    this.reloaded = reloads(meters, "ok");
    this.failed = reloads(meters, "failed");
    Gauge.builder("anyserve.tls.certificate.expiry", () -> expiry.getEpochSecond())
        .description("When the certificate in use expires, since the epoch")
        .baseUnit("seconds")
        .strongReference(true)
        .register(meters);
  }

  private static AdvancedTlsX509TrustManager newTrustManager() {
    try {
      return AdvancedTlsX509TrustManager.newBuilder()
          .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
          .build();
    } catch (CertificateException e) {
      throw new IllegalStateException("it has no certificates yet", e);
    }
  }

  private static Counter reloads(MeterRegistry meters, String result) {
    return Counter.builder("anyserve.tls.reloads")
        .description("Changes of the certificate files that were taken over, or could not be")
        .tag("result", result)
        .register(meters);
  }

  /** Throws when the files cannot be used. */
  @Override
  public void start() throws IOException {
    try {
      use(contents());
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS: " + e.getMessage(), e);
    }
    thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("tls-reload").daemon().factory());
    var _ =
        thread.scheduleWithFixedDelay(
            this::reload, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Takes over what has changed in the files since they were read. Throws nothing. */
  public synchronized void reload() {
    try {
      List<byte[]> now = contents();
      if (!isRead(now)) {
        read = now;
        use(now);
        problem = "";
        reloaded.increment();
        log.info("The certificate {} is in use; it expires at {}", files.certificate(), expiry);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      failed(String.valueOf(e.getMessage()));
    }
  }

  /** Once for each problem, however often it is met. */
  private void failed(String why) {
    if (!why.equals(problem)) {
      problem = why;
      failed.increment();
      log.error(
          "The changed certificate files cannot be used; the certificate in use expires at {}: {}",
          expiry,
          why);
    }
  }

  private boolean isRead(List<byte[]> now) {
    return now.size() == read.size() && Arrays.deepEquals(now.toArray(), read.toArray());
  }

  private List<byte[]> contents() throws IOException {
    byte[] certificate = content("tls-certificate", files.certificate());
    byte[] key = content("tls-key", files.key());
    return files.clientCa().isPresent()
        ? List.of(certificate, key, content("tls-client-ca", files.clientCa().get()))
        : List.of(certificate, key);
  }

  private static byte[] content(String setting, Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException(setting + ": " + file + " cannot be read (" + e + ")", e);
    }
  }

  /** All or nothing. */
  private synchronized void use(List<byte[]> contents)
      throws IOException, GeneralSecurityException {
    TlsIdentity identity = TlsIdentity.parse(contents.get(0), contents.get(1));
    if (files.clientCa().isPresent()) {
      List<X509Certificate> authorities =
          TlsIdentity.certificates("tls-client-ca", contents.get(2));
      clients.updateTrustCredentials(authorities.toArray(X509Certificate[]::new));
    }
    keys.updateIdentityCredentials(
        identity.chain().toArray(X509Certificate[]::new), identity.key());
    expiry = identity.chain().getFirst().getNotAfter().toInstant();
    read = contents;
  }

  /** Answers with the certificate that is in use at each handshake. */
  public X509KeyManager keys() {
    return keys;
  }

  /** Whom clients must be signed by; empty where they need no certificate. */
  public Optional<TrustManager> clients() {
    return files.clientCa().map(_ -> clients);
  }

  /** Over the same keys, for servers of the JDK's TLS. */
  public SSLContext context() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new X509KeyManager[] {keys},
          clients().map(trust -> new TrustManager[] {trust}).orElse(null),
          null);
      context.getServerSessionContext().setSessionTimeout((int) SESSION.toSeconds());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS: not offered by this Java", e);
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
