package io.anyserve.worker.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a hub's answer about a repository. */
final class RepositoryListing {

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHA_1 = Pattern.compile("[0-9a-f]{40}");

  private RepositoryListing() {}

  /**
   * @throws HubException when it is not what a hub says
   */
  static Repository read(ModelReference reference, byte[] answer, int most) {
    if (answer.length > most) {
      throw new HubException(wrong(reference, "more than " + most + " bytes", "a list of files"));
    }
    try {
      JsonNode json = JsonMapper.shared().readTree(answer);
      String commit = json.path("sha").asString("");
      if (!COMMIT.matcher(commit).matches()) {
        throw new HubException(wrong(reference, "sha: " + commit, "a commit"));
      }
      List<RepositoryFile> files = new ArrayList<>();
      json.path("siblings").forEach(file -> files.add(file(file)));
      return new Repository(reference, commit, files);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new HubException(wrong(reference, e.getMessage(), "a list of files"), e);
    }
  }

  private static RepositoryFile file(JsonNode file) {
    String path = file.path("rfilename").asString("");
    JsonNode large = file.path("lfs");
    return large.isObject()
        ? new RepositoryFile(
            path,
            size(path, large),
            new Checksum.Sha256(digits(path, large.path("sha256"), SHA_256)))
        : new RepositoryFile(
            path, size(path, file), new Checksum.GitBlob(digits(path, file.path("blobId"), SHA_1)));
  }

  private static long size(String path, JsonNode of) {
    JsonNode size = of.path("size");
    if (!size.isIntegralNumber()) {
      throw new IllegalArgumentException(path + ": size " + size + " (expected: a number)");
    }
    return size.longValue();
  }

  private static String digits(String path, JsonNode checksum, Pattern form) {
    String digits = checksum.asString("");
    if (!form.matcher(digits).matches()) {
      throw new IllegalArgumentException(
          path + ": checksum " + checksum + " (expected: " + form + ")");
    }
    return digits;
  }

  private static String wrong(ModelReference reference, @Nullable String given, String expected) {
    return reference + ": the hub answers " + given + " (expected: " + expected + ")";
  }
}
