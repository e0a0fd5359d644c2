package io.anyserve.worker.torch.vision;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.image.ContentPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small model with a vision tower and what transformers computes with it, as {@code
 * src/test/python/vision_fixtures.py} writes them.
 */
public record VisionReference(JsonNode root) {

  private static final Path HOME =
      Path.of("src", "test", "resources", "io", "anyserve", "worker", "torch", "vision");

  /** The model folder. */
  public static final Path MODEL = HOME.resolve("smolvlm");

  public static VisionReference read() {
    return new VisionReference(JsonMapper.shared().readTree(HOME.resolve("reference.json")));
  }

  /** A file of the folder with images. */
  public static ContentPart.Image image(String name) {
    try {
      byte[] content = Files.readAllBytes(HOME.resolve("images").resolve(name));
      return new ContentPart.Image(ByteString.copyFrom(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * How an image is cut.
   *
   * @param tiles all of them, one behind the other
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Cut(String name, int rows, int columns, byte[] tiles) {}

  /** Channel by channel in the file, pixel by pixel here. */
  List<Cut> cuts() {
    return root.path("images")
        .propertyStream()
        .map(
            image ->
                new Cut(
                    image.getKey(),
                    image.getValue().path("rows").intValue(),
                    image.getValue().path("columns").intValue(),
                    interleaved(bytes(image.getValue().path("tiles")), tile())))
        .toList();
  }

  private static int tile() {
    return new VisionFolder(MODEL).images().tile();
  }

  private static byte[] interleaved(byte[] planes, int tile) {
    int size = tile * tile;
    byte[] pixels = new byte[planes.length];
    for (int i = 0; i < planes.length; i++) {
      int start = i - i % (3 * size);
      int channel = (i - start) / size;
      pixels[start + (i - start) % size * 3 + channel] = planes[i];
    }
    return pixels;
  }

  /** Of the tiles of wide.png, normalised, one behind the other. */
  float[] widePixels() {
    return floats(root.path("wide").path("pixels"));
  }

  /** Of the tiles of wide.png. */
  float[] wideFeatures() {
    return floats(root.path("wide").path("features"));
  }

  /**
   * A conversation.
   *
   * @param prompt its tokens
   * @param logits after the last tokens of the prompt, row by row
   * @param greedy the likeliest tokens that follow, one after the other
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Case(
      String name, Payload.Chat chat, List<Integer> prompt, float[] logits, List<Integer> greedy) {

    @Override
    public String toString() {
      return name;
    }
  }

  public List<Case> cases() {
    return root.path("cases").valueStream().map(VisionReference::conversation).toList();
  }

  public Case conversation(String name) {
    return cases().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  private static Case conversation(JsonNode described) {
    List<JsonNode> logits =
        described.path("logits").valueStream().flatMap(JsonNode::valueStream).toList();
    float[] values = new float[logits.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = logits.get(i).floatValue();
    }
    return new Case(
        described.path("name").stringValue(),
        new Payload.Chat(
            described.path("messages").valueStream().map(VisionReference::message).toList()),
        integers(described.path("prompt")),
        values,
        integers(described.path("greedy")));
  }

  private static ChatMessage message(JsonNode described) {
    List<ContentPart> parts =
        described.path("parts").valueStream().map(VisionReference::part).toList();
    String role = described.path("role").stringValue();
    return parts.stream().allMatch(ContentPart.Text.class::isInstance)
        ? new ChatMessage(role, described.path("parts").get(0).path("text").stringValue())
        : ChatMessage.ofParts(parts, "");
  }

  private static ContentPart part(JsonNode described) {
    return described.has("image")
        ? image(described.path("image").stringValue())
        : new ContentPart.Text(described.path("text").stringValue());
  }

  private static List<Integer> integers(JsonNode list) {
    return list.valueStream().map(JsonNode::intValue).toList();
  }

  private static byte[] bytes(JsonNode text) {
    return Base64.getDecoder().decode(text.stringValue());
  }

  private static float[] floats(JsonNode text) {
    var buffer = ByteBuffer.wrap(bytes(text)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }
}
