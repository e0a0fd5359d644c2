package io.anyserve.training;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ShippedModelTest {

  private static final Path FOLDER = Path.of("..", "models", "story");
  private static final long LARGEST = 6_000_000;

  @Test
  void holdsEveryFileOfAModelFolder() throws IOException {
    try (var files = Files.list(FOLDER)) {
      Set<String> names =
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
      assertEquals(
          Set.of(
              "README.md",
              "config.json",
              "generation_config.json",
              "model.safetensors",
              "tokenizer.json",
              "tokenizer_config.json"),
          names);
    }
  }

  @Test
  void staysWithinSixMegabytes() throws IOException {
    try (var files = Files.list(FOLDER)) {
      long bytes = files.mapToLong(file -> file.toFile().length()).sum();
      assertTrue(bytes <= LARGEST, "bytes: " + bytes);
    }
  }

  @Test
  void weightsHaveTheShapesOfTheConfig() throws IOException {
    ModelShape shape = ModelShape.story(number("vocab_size"));
    assertEquals(shape.hidden(), number("hidden_size"));
    assertEquals(shape.layers(), number("num_hidden_layers"));
    assertEquals(shape.heads(), number("num_attention_heads"));
    assertEquals(shape.keyHeads(), number("num_key_value_heads"));
    assertEquals(shape.headSize(), number("head_dim"));
    assertEquals(shape.feedForward(), number("intermediate_size"));
    assertEquals(shape.positions(), number("max_position_embeddings"));
    var expected = SafetensorsWriter.bytes(WeightSpec.all(shape), i -> zeros(shape, i));
    byte[] shipped = Files.readAllBytes(FOLDER.resolve("model.safetensors"));
    assertEquals(expected.length, shipped.length);
    assertEquals(header(expected), header(shipped));
  }

  @Test
  void weightsAreNumbers() throws IOException {
    ByteBuffer file = buffer(Files.readAllBytes(FOLDER.resolve("model.safetensors")));
    file.position(Math.toIntExact(8 + file.getLong(0)));
    var seen = new TreeSet<Float>();
    while (file.hasRemaining()) {
      float value = Bfloat16.toFloat(file.getShort());
      assertTrue(Float.isFinite(value) && Math.abs(value) < 100, "value: " + value);
      seen.add(value);
    }
    assertTrue(seen.size() > 1000, "different values: " + seen.size());
  }

  @Test
  void endsTurnsAndTexts() throws IOException {
    int vocabulary = number("vocab_size");
    int endOfText = vocabulary - BytePairEncoding.SPECIAL_TOKENS.size();
    String generation = text("generation_config.json");
    assertTrue(
        generation.contains("\"eos_token_id\": [" + (endOfText + 2) + ", " + endOfText + "]"),
        generation);
    assertTrue(text("tokenizer.json").contains("\"id\": " + endOfText + ", \"content\""));
  }

  @Test
  void speaksChatMl() throws IOException {
    assertTrue(
        text("tokenizer_config.json")
            .contains("\"chat_template\": " + JsonText.quoted(ModelFolder.CHAT_TEMPLATE)));
  }

  @Test
  void saysHowItWasMade() throws IOException {
    String readme = text("README.md");
    for (String said :
        List.of("Apache-2.0", "TrainStoryModel", "train --out", "--steps", "--seed")) {
      assertTrue(readme.contains(said), said);
    }
  }

  private static float[] zeros(ModelShape shape, int weight) {
    return new float[WeightSpec.all(shape).get(weight).size()];
  }

  private static String header(byte[] file) {
    ByteBuffer buffer = buffer(file);
    return new String(file, 8, Math.toIntExact(buffer.getLong()), US_ASCII);
  }

  private static ByteBuffer buffer(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int number(String key) throws IOException {
    var matcher = Pattern.compile("\"" + key + "\": (\\d+)").matcher(text("config.json"));
    assertTrue(matcher.find(), key);
    return Integer.parseInt(matcher.group(1));
  }

  private static String text(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name));
  }
}
