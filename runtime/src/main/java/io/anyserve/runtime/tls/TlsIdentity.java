package io.anyserve.runtime.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate chain and the key of its first certificate, which belong together.
 *
 * @param chain the server's own certificate first
 */
record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {

  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);
  private static final byte[] PROBE = "anyserve".getBytes(US_ASCII);

  TlsIdentity {
    chain = List.copyOf(chain);
  }

  /**
   * Reads a pair of PEM files.
   *
   * @throws GeneralSecurityException when one of them is none, or the two do not belong together
   */
  static TlsIdentity parse(byte[] certificates, byte[] key) throws GeneralSecurityException {
    List<X509Certificate> chain = certificates("tls-certificate", certificates);
    PublicKey opposite = chain.getFirst().getPublicKey();
    PrivateKey own = key(opposite.getAlgorithm(), new String(key, US_ASCII));
    if (!belongs(own, opposite)) {
      throw new GeneralSecurityException(
          "tls-key: not the key of tls-certificate (expected: the key of its first certificate)");
    }
    return new TlsIdentity(chain, own);
  }

  /**
   * The certificates of a PEM file, at least one.
   *
   * @param setting that names the file
   */
  static List<X509Certificate> certificates(String setting, byte[] pem)
      throws CertificateException {
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate each : all(setting, pem)) {
      chain.add((X509Certificate) each);
    }
    if (chain.isEmpty()) {
      throw new CertificateException(setting + ": no certificate (expected: PEM certificates)");
    }
    return chain;
  }

  private static Iterable<? extends Certificate> all(String setting, byte[] pem)
      throws CertificateException {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem));
    } catch (CertificateException e) {
      throw new CertificateException(setting + ": not readable (expected: PEM certificates)", e);
    }
  }

  private static PrivateKey key(String algorithm, String pem) throws GeneralSecurityException {
    Matcher found = PKCS8.matcher(pem);
    if (!found.find()) {
      throw new GeneralSecurityException(
          "tls-key: no PKCS#8 key (expected: BEGIN PRIVATE KEY; openssl pkcs8 -topk8 -nocrypt makes"
              + " one)");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new GeneralSecurityException(
          "tls-key: not readable (expected: a key of the kind %s, as tls-certificate has)"
              .formatted(algorithm),
          e);
    }
  }

  /** Signs with the one and verifies with the other: the only test that fits every algorithm. */
  private static boolean belongs(PrivateKey own, PublicKey opposite)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(signatureOf(opposite.getAlgorithm()));
    signature.initSign(own);
    signature.update(PROBE);
    byte[] signed = signature.sign();
    signature.initVerify(opposite);
    signature.update(PROBE);
    return signature.verify(signed);
  }

  private static String signatureOf(String algorithm) {
    return switch (algorithm) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> algorithm;
    };
  }
}
