package io.anyserve.worker.torch.encoder;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.TinyModel;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small random BERT and what the reference libraries say about it; src/test/bert/README.md tells
 * how they were made.
 */
public final class TinyBert {

  /** Its width. */
  static final int HIDDEN = 32;

  /** Tokens of a text, special ones included. */
  static final int LONGEST = 64;

  private TinyBert() {}

  /** Copies the model folder. */
  public static Path write(Path folder) throws IOException {
    return copy(source(), folder);
  }

  /** Copies the folder of the model of its shape that scores pairs. */
  static Path writeCross(Path folder) throws IOException {
    return copy(source().resolveSibling("tiny-cross"), folder);
  }

  private static Path copy(Path source, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return folder;
  }

  /** Texts, their vectors by variant of the model, hostile texts and their tokens. */
  public static JsonNode reference() throws IOException {
    return reference("tiny-bert.json");
  }

  private static JsonNode reference(String name) throws IOException {
    try (InputStream file = TinyBert.class.getResourceAsStream(name)) {
      return JsonMapper.shared().readTree(Objects.requireNonNull(file));
    }
  }

  /** Queries, documents and their relevance. */
  static JsonNode crossReference() throws IOException {
    return reference("tiny-cross.json");
  }

  /** Replaces a part of a file, which must be there. */
  public static void edit(Path file, String found, String replacement) throws IOException {
    String text = Files.readString(file);
    assertTrue(text.contains(found), () -> file + " has no " + found);
    Files.writeString(file, text.replace(found, replacement));
  }

  /** Changes what the file of weights says about its tensors. */
  static void editHeader(Path folder, UnaryOperator<String> change) throws IOException {
    Path file = folder.resolve("model.safetensors");
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(content.getLong())];
    content.get(header);
    Files.write(file, TinyModel.file(change.apply(new String(header, ISO_8859_1)), content));
  }

  /** Makes the row of a token in the table of words not a number. */
  static void poison(Path folder, int token) throws IOException {
    Path file = folder.resolve("model.safetensors");
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = Math.toIntExact(content.getLong(0));
    String header = new String(content.array(), Long.BYTES, headerLength, ISO_8859_1);
    int start =
        JsonMapper.shared()
            .readTree(header)
            .path("embeddings.word_embeddings.weight")
            .path("data_offsets")
            .get(0)
            .intValue();
    int row = Long.BYTES + headerLength + start + token * HIDDEN * Float.BYTES;
    content.putFloat(row, Float.NaN);
    Files.write(file, content.array());
  }

  static List<String> strings(JsonNode list) {
    return list.valueStream().map(JsonNode::stringValue).toList();
  }

  static float[] floats(JsonNode list) {
    float[] floats = new float[list.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = list.get(i).floatValue();
    }
    return floats;
  }

  private static Path source() {
    try {
      return Path.of(
              Objects.requireNonNull(TinyBert.class.getResource("tiny-bert/config.json")).toURI())
          .resolveSibling(".")
          .normalize();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
