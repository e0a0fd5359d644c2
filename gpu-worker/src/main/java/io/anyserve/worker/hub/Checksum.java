package io.anyserve.worker.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a hub knows of a file's content. */
public sealed interface Checksum {

  /** In hexadecimal digits. */
  String digits();

  /** That of a file on this machine. Reads all of it. */
  String of(Path file) throws IOException;

  /** Of a large file: its SHA-256. */
  record Sha256(String digits) implements Checksum {

    @Override
    public String of(Path file) throws IOException {
      return digest(file, algorithm("SHA-256"));
    }
  }

  /** Of a small file: the id of Git's blob, SHA-1 of its length and its content. */
  record GitBlob(String digits) implements Checksum {

    @Override
    public String of(Path file) throws IOException {
      MessageDigest sha1 = algorithm("SHA-1");
      String head = "blob " + Files.size(file) + "\0";
      sha1.update(head.getBytes(StandardCharsets.US_ASCII));
      return digest(file, sha1);
    }
  }

  private static String digest(Path file, MessageDigest into) throws IOException {
    byte[] buffer = new byte[1 << 16];
    try (InputStream content = Files.newInputStream(file)) {
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        into.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(into.digest());
  }

  private static MessageDigest algorithm(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has both
    }
  }
}
