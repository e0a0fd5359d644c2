package io.anyserve.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** The keys of the embedded object store, drawn once for each data directory. */
record Credentials(String accessKey, String secretKey) {

  private static final String ACCESS_KEY = "anyserve";
  private static final int SECRET_BYTES = 24;

  /** Reads the directory's secret, or draws one that only the owner can read. */
  static Credentials in(Path directory) throws IOException {
    Path file = directory.resolve("s3-secret");
    if (!Files.exists(file)) {
      byte[] secret = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(secret);
      Files.createDirectories(directory);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(file, List.of(HexFormat.of().formatHex(secret)));
    }
    return new Credentials(ACCESS_KEY, Files.readString(file).strip());
  }
}
